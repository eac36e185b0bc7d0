"""Kubernetes manifests as a spec."""
