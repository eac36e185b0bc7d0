"""Releases: which image of each service runs where."""
