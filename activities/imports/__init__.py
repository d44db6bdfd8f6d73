"""Sheets of organizational life."""
