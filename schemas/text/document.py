"""A document as a tree whose every value knows where it stands."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from schemas.problems import Origin, Path

Scalar = str | int | float | bool | None


class Node(msgspec.Struct, frozen=True, gc=False):
    """A value with its origin.

    Mappings keep the order of the file. Nodes are values: merging and expanding give new trees, which share what
    they left alone, so a leaf keeps its origin through every layer. They are made by the thousand, which a frozen
    dataclass takes several times as long for; and a tree has no circle, so the garbage collector need not look at it.
    """

    value: "Scalar | Mapping[str, Node] | tuple[Node, ...]"
    origin: Origin
    """Where the value stands."""
    key: Origin | None = None
    """Where its key stands, when it is a mapping's entry."""
    written: str | None = None
    """How a number with a fraction was written, which a person may have meant as text: `1.10`."""

    @property
    def entries(self) -> "Mapping[str, Node]":
        """The mapping's entries, or none when the value is no mapping."""
        return self.value if isinstance(self.value, dict) else {}

    def under(self, key: Origin | None) -> "Node":
        """Return the same value as the entry of another key."""
        return Node(self.value, self.origin, key)

    def with_entries(self, entries: "Mapping[str, Node]") -> "Node":
        """Return a mapping with these entries at the same place."""
        return Node(entries, self.origin, self.key)


def plain(node: Node) -> Any:
    """Return the tree as plain mappings, lists and scalars."""
    value = node.value
    if isinstance(value, dict):
        # Most of a tree is leaves, and a call for each of them is most of the cost.
        return {
            key: plain(child) if isinstance(child.value, dict | tuple) else child.value for key, child in value.items()
        }
    if isinstance(value, tuple):
        return [plain(child) for child in value]
    return value


def descend(node: Node, path: Path) -> Node | None:
    """Return the node at a path, or nothing when the tree ends before."""
    for part in path:
        found: Node | None = None
        if isinstance(part, str):
            found = node.entries.get(part)
        elif isinstance(node.value, tuple) and part < len(node.value):
            found = node.value[part]
        if found is None:
            return None
        node = found
    return node


def at(tree: Node, *path: str) -> Node:
    """Return the node at a path that the shape promises."""
    found = descend(tree, path)
    if found is None:
        raise KeyError(path)
    return found


def text(tree: Node, *path: str) -> str:
    """Return the text at a path that the shape promises."""
    return str(plain(at(tree, *path)))


def replaced(tree: Node, path: Path, new: Node | None) -> Node:
    """Return a tree in which another node stands at a path that it has, or none; the root always stays."""
    if not path:
        return tree if new is None else new
    first, rest = path[0], path[1:]
    if isinstance(first, str):
        children = dict(tree.entries)
        child = replaced(children[first], rest, new) if rest else new
        kept = {key: one for key, one in children.items() if key != first}
        return tree.with_entries(kept if child is None else {**children, first: child})
    items = tree.value if isinstance(tree.value, tuple) else ()
    child = replaced(items[first], rest, new) if rest else new
    middle = () if child is None else (child,)
    return Node((*items[:first], *middle, *items[first + 1 :]), tree.origin, tree.key)


def origin_of(node: Node, path: Path) -> Origin:
    """Return the origin of the value at a path, or of the deepest value on the way to it."""
    for length in range(len(path), -1, -1):
        found = descend(node, path[:length])
        if found is not None:
            return found.origin
    return node.origin


def leaves(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield every scalar and every empty collection with its path, in the order of the tree."""
    if isinstance(node.value, Mapping) and node.value:
        for key, child in node.value.items():
            yield from leaves(child, (*path, key))
    elif isinstance(node.value, tuple) and node.value:
        for index, child in enumerate(node.value):
            yield from leaves(child, (*path, index))
    else:
        yield path, node


def grafted(value: Any, origin: Origin) -> Node:
    """Return a plain value as a tree whose every value stands at one place, as defaults and short forms do."""
    if isinstance(value, Node):
        return value
    if isinstance(value, Mapping):
        return Node({key: grafted(child, origin).under(origin) for key, child in value.items()}, origin)
    if isinstance(value, list | tuple):
        return Node(tuple(grafted(child, origin) for child in value), origin)
    return Node(value, origin)
