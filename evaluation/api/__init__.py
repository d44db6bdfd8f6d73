"""The REST API of figures and ratings."""
