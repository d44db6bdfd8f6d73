"""What readers may choose, and what reviewers fill in."""
