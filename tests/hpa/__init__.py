"""The simulator against the controller of Kubernetes itself."""
