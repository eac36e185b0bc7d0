"""Compose files as a spec."""
