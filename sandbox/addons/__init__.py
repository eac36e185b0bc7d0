"""What a cluster of the sandbox runs: what every one has, and what is added on demand; one noun a module."""
