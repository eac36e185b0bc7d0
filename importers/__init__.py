"""What others wrote, as a spec: Kubernetes manifests and compose files, and nothing is dropped in silence."""
