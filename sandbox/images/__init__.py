"""Images and where they come from: the registry, BuildKit, and images that the sandbox writes itself."""
