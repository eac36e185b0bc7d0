"""What there is to know of one value of a spec."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.manifests.difference import Difference
from schemas.layers.provenance import Saying, place_of, sayings
from schemas.layers.stack import Layers
from schemas.problems import Path, listed
from schemas.shape.grammar import Grammar
from schemas.text.document import Node, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A value, what it means and where it comes from."""

    path: Path
    node: Node | None
    """The value that counts; nothing when none is set and there is no default."""
    place: Grammar | None
    layers: Sequence[Saying]
    reaches: Sequence[Difference]

    @property
    def meaning(self) -> str:
        """What the field means."""
        return self.place.word("description") if self.place else ""

    @property
    def reason(self) -> str:
        """Why its default is what it is."""
        return self.place.word("x-reason") if self.place else ""

    @property
    def allowed(self) -> str:
        """What the field may hold, in words."""
        return allowed(self.place) if self.place else ""

    @property
    def default(self) -> str:
        """The built-in default as it is written, or nothing."""
        if self.place is None or not self.place.has_default or self.place.default in ({}, []):
            return ""
        return shown(self.place.default)


def facts(layers: Layers, environment: str, location: str | None, path: Path, node: Node | None) -> Facts:
    """Return what there is to know of the value at a path, without what it reaches."""
    said = sayings(layers, environment, location, path)
    return Facts(path=path, node=node, place=place_of(path), layers=said, reaches=())


def shown(value: Any) -> str:
    """Return a value as it stands in YAML, on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {shown(child)}' for key, child in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    return "null" if value is None else str(value).replace("\n", "\\n")


def allowed(place: Grammar) -> str:
    """Return what a place of the schema admits, in words."""
    if words := place.word("x-words"):
        return words
    if choices := place.word("enum"):
        return listed(map(str, choices))
    if only := place.word("const"):
        return f"`{only}`"
    low, high = place.word("minimum"), place.word("maximum")
    kind = place.word("type")
    bounds = {
        (True, True): f" from {low} to {high}",
        (True, False): f" of at least {low}",
        (False, True): f" of at most {high}",
        (False, False): "",
    }[low != "", high != ""]
    return f"{_KINDS.get(str(kind), '')}{bounds}"


_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
}


def row(one: Facts) -> dict[str, Any]:
    """Return the facts for a program."""
    from schemas.problems import written  # noqa: PLC0415

    return {
        "path": f"spec.{written(one.path)}",
        "value": plain(one.node) if one.node is not None else None,
        "set": one.node is not None,
        "meaning": one.meaning,
        "allowed": one.allowed,
        "default": one.place.default if one.place and one.place.has_default else None,
        "reason": one.reason,
        "layers": [
            {
                "layer": said.origin.layer,
                "file": said.origin.file,
                "line": said.origin.line,
                "does": said.how,
                "value": plain(said.node) if said.how == "sets" else None,
                "counts": one.node is not None and said.how == "sets" and said.origin == one.node.origin,
            }
            for said in one.layers
        ],
        "reaches": [{"kind": found.kind, "name": found.name, "path": written(found.path)} for found in one.reaches],
    }
