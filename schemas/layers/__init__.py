"""Layers: short forms written out, merged from baseline to location, defaults below, each value with its origin."""
