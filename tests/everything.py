"""Files that set every leaf of the three schemas, and ways to change them: `tests/data/everything/`."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from schemas.shape.grammar import Grammar, Kind, grammar
from schemas.shape.vary import ANY_ITEM, ANY_KEY, Pattern, leaves
from schemas.text.document import plain
from schemas.text.load import load
from tests.conftest import ROOT

EVERYTHING = ROOT / "tests" / "data" / "everything"
FILES: dict[Kind, str] = {
    "application": "application.yaml",
    "platform": "platform.yaml",
    "release": "releases/dev.yaml",
}
TODAY = date(2026, 11, 25)
Place = tuple[str | int, ...]


class Leaf(NamedTuple):
    """A leaf of a schema, and where the files set it."""

    kind: Kind
    pattern: Pattern
    grammar: Grammar
    places: list[Place]
    """Where the files set it. Somewhere it must count, and not everywhere."""

    def __str__(self) -> str:
        return f"{self.kind}:{'.'.join(self.pattern)}"


def documents() -> dict[Kind, Any]:
    """Return the three files as plain values."""
    return {kind: plain(load(EVERYTHING / file, kind)) for kind, file in FILES.items()}


def is_layer(kind: Kind, pattern: Pattern) -> bool:
    """Return whether a leaf is a layer's or a version's: its parts are those of another place, as a test sees to."""
    if kind == "application":
        return pattern[:2] == ("spec", "environments") or pattern[3:4] == ("versions",)
    return kind == "platform" and ("services" in pattern or "locations" in pattern)


def is_never_right(pattern: Pattern) -> bool:
    """Return whether the short form of a leaf is refused by a rule: the probe of a sidecar must say its port."""
    return "sidecars" in pattern and pattern[-2:-1] == ("probes",)


def set_at(value: Any, pattern: Pattern, way: Place = ()) -> Iterator[Place]:
    """Yield every place of a document that a pattern leads to."""
    if not pattern:
        yield way
        return
    part, rest = pattern[0], pattern[1:]
    if part == ANY_ITEM and isinstance(value, list):
        steps: Sequence[str | int] = range(len(value))
    elif isinstance(value, dict):
        steps = list(value) if part == ANY_KEY else [part] if part in value else []
    else:
        steps = []
    for step in steps:
        yield from set_at(value[step], rest, (*way, step))


def every_leaf() -> Iterator[tuple[Kind, Pattern, Grammar, list[Place]]]:
    """Yield each leaf of the schemas with the places where the files set it."""
    whole = documents()
    for kind in FILES:
        for pattern, place in leaves(grammar(kind)):
            if not is_layer(kind, pattern) and not is_never_right(pattern):
                found = set_at(whole[kind], pattern)
                yield kind, pattern, place, [at for at in found if is_scalar(whole[kind], at, place)]


def is_scalar(whole: Any, at: Place, place: Grammar) -> bool:
    return place.opaque or not isinstance(value_at(whole, at), dict | list)


def value_at(value: Any, at: Place) -> Any:
    for part in at:
        value = value[part]
    return value


def with_value(value: Any, at: Place, new: Any) -> Any:
    """Return a document with another value at a place."""
    if not at:
        return new
    inner = with_value(value[at[0]], at[1:], new)
    return {**value, at[0]: inner} if isinstance(value, dict) else [*value[: at[0]], inner, *value[int(at[0]) + 1 :]]  # type: ignore[misc]


def without(value: Any, at: Place) -> Any:
    """Return a document that lacks what stands at a place."""
    around, last = value_at(value, at[:-1]), at[-1]
    if isinstance(around, dict):
        return with_value(value, at[:-1], {key: child for key, child in around.items() if key != last})
    return with_value(value, at[:-1], [child for index, child in enumerate(around) if index != last])


EVERY_LEAF = list(every_leaf())
LEAVES = [Leaf(*one) for one in EVERY_LEAF if one[3]]
