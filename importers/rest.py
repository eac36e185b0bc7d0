"""Taking a source apart: what is taken has a place in the spec, and what is left has not."""

from collections.abc import Iterator
from typing import Any

from schemas.problems import Origin
from schemas.text.document import Node, grafted, plain


class Rest:
    """A mapping of a source, of which fields are taken one by one until only what has no place is left."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._left = {key: child for key, child in node.entries.items() if child.value is not None}

    @property
    def origin(self) -> Origin:
        """Where the mapping stands."""
        return self.node.origin

    def take(self, key: str, default: Any = None) -> Any:
        """Take a field as a plain value."""
        found = self._left.pop(key, None)
        return default if found is None else plain(found)

    def look(self, key: str, default: Any = None) -> Any:
        """Return a field as a plain value, and leave it."""
        found = self._left.get(key)
        return default if found is None else plain(found)

    def inner(self, key: str) -> "Rest":
        """Take a mapping, to be taken apart itself; one that is not there is empty."""
        return Rest(self._left.pop(key) if key in self._left else grafted({}, self.origin))

    def items(self, key: str) -> list["Rest"]:
        """Take a list of mappings, each to be taken apart itself."""
        found = self._left.pop(key, None)
        values = found.value if found is not None else ()
        return [Rest(one) for one in values if one.entries] if isinstance(values, tuple) else []

    def at(self, key: str) -> Origin:
        """Return where a field that is left stands, or the mapping."""
        found = self._left.get(key)
        return found.key or found.origin if found is not None else self.origin

    def ignore(self, **values: Any) -> None:
        """Drop fields that say what holds anyway: those with one of the values."""
        for key, holds in values.items():
            found = self._left.get(key)
            if found is not None and plain(found) in (holds if isinstance(holds, tuple) else (holds,)):
                del self._left[key]

    def drop(self, *keys: str) -> None:
        """Drop fields that a cluster writes and nobody else."""
        for key in keys:
            self._left.pop(key, None)

    def left(self) -> dict[str, Any]:
        """Return what is left as plain values."""
        return {key: plain(child) for key, child in self._left.items()}

    def fields(self) -> Iterator[tuple[str, Node]]:
        """Yield what is left with its place."""
        yield from self._left.items()
