"""Forms of organizational life."""
