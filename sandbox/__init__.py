"""The sandbox: a pinned Pulumi engine and a one-node Kubernetes cluster, built and run on this machine alone."""
