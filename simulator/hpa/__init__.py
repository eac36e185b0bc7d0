"""The HorizontalPodAutoscaler's algorithm, a function a step of it."""
