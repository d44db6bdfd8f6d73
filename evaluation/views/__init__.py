"""Pages of figures and ratings."""
