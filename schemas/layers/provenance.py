"""Provenance: what each layer says of one value, and which of them counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from schemas.layers.stack import Layers
from schemas.problems import Origin, Path
from schemas.shape.grammar import Grammar, grammar
from schemas.text.document import Node, descend


@dataclass(frozen=True, slots=True)
class Saying:
    """What one layer says of a value."""

    how: Literal["sets", "removes", "drops"]
    """`removes` by `null`, `drops` by choosing something that excludes it."""
    node: Node
    """The value that is set, the `null`, or what was chosen instead."""
    chosen: str = ""
    """The key that was chosen instead."""

    @property
    def origin(self) -> Origin:
        """Where it stands."""
        return self.node.origin


def sayings(layers: Layers, environment: str, location: str | None, path: Path) -> list[Saying]:
    """Return what the layers say of the value at a path of the merged spec, lowest layer first."""
    found: list[Saying | None] = []
    if path[:1] == ("services",) and len(path) > 2:
        shape = grammar("application", "Service")
        found += [_said(node, path[2:], shape) for node in layers.of_platform(environment, location)]
    shape = grammar("application", "Overlay")
    found += [_said(node, path, shape) for node in layers.of_application(environment, location)]
    said = [one for one in found if one is not None]
    # To choose something else drops only what a lower layer has set.
    return [one for at, one in enumerate(said) if one.how != "drops" or any(low.how == "sets" for low in said[:at])]


def place_of(path: Path) -> Grammar | None:
    """Return what the schema says of a path of the merged spec, or nothing when it has no meaning."""
    place: Grammar | None = grammar("application", "Overlay")
    for part in path:
        if place is None:
            return None
        place = place.child(part) if isinstance(part, str) else place.item()
    return place


def _said(node: Node, path: Path, shape: Grammar | None) -> Saying | None:
    for index, part in enumerate(path):
        if node.value is None:
            return Saying("removes", node)
        if isinstance(node.value, Mapping) and shape is not None:
            chosen = {key for key, child in node.value.items() if child.value is not None}
            for choice in shape.choices:
                if part not in chosen and part in choice.dropped_by(chosen, {str(part), *choice.of}):
                    other = next(key for key in choice.of if key in chosen)
                    return Saying("drops", node.entries[other], other)
        below = descend(node, path[index : index + 1])
        if below is None:
            return None
        node = below
        shape = None if shape is None else shape.child(part) if isinstance(part, str) else shape.item()
    return Saying("removes" if node.value is None else "sets", node)
