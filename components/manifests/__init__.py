"""Pure functions from the model to Kubernetes objects as plain camelCase mappings."""
