"""The one-node cluster: certificates, network, control plane, node and what runs on it."""
