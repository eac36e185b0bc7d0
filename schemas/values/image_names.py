"""Names of images, as registries read them."""


def split_tag(name: str) -> tuple[str, str]:
    """Return the repository and the tag of `repository[:tag]`; a registry's port is no tag."""
    repository, colon, tag = name.rpartition(":")
    return (repository, tag) if colon and "/" not in tag else (name, "")


def full_name(repository: str) -> str:
    """Return a repository with the registry that it has when it names none.

    Source: https://github.com/distribution/reference/blob/main/normalize.go
    """
    first, slash, _ = repository.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return repository
    return f"docker.io/{repository}" if slash else f"docker.io/library/{repository}"
