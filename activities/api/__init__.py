"""Organizational life through the REST API."""
