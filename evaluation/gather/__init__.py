"""Turning tables into plain values, in a fixed number of statements."""
