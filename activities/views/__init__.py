"""Pages of organizational life."""
