"""Paths of HTTP requests as a spec names them: exactly, or by their beginning with `*` at the end."""


def covers(pattern: str, other: str) -> bool:
    """Return whether every path that `other` means is one that `pattern` means; other words are only themselves."""
    if pattern.endswith("*"):
        return other.startswith(pattern[:-1])
    return pattern == other
