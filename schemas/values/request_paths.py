"""Paths of HTTP requests as a spec names them: exactly, or by their beginning with `*` at the end."""

EVERY_PATH = "/*"


def covers(pattern: str, other: str) -> bool:
    """Return whether every path that `other` means is one that `pattern` means; other words are only themselves."""
    if pattern.endswith("*"):
        return other.startswith(pattern[:-1])
    return pattern == other


def narrower(one: str, other: str) -> str | None:
    """Return the paths that both mean, which is one of the two, or nothing when they have none in common."""
    if covers(one, other):
        return other
    return one if covers(other, one) else None
