"""Who may call whom: `permissions` is the one source, and the other modules say it in a mesh's or Kubernetes' words."""
