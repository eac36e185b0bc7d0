"""Histories of demand: read from files or Prometheus, and repaired with a word about each repair."""
