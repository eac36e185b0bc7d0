"""Pulumi components, and in `components.manifests` the pure builders they register."""
