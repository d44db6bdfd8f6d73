"""Figures of organizational life."""
