"""Forms of the roster; every choice of another record comes from what the user may see."""
