"""Other values: for a leaf of a schema, what else may stand there."""

import string
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.shape.grammar import Grammar
from schemas.shape.validator import matches

ANY_KEY = "*"
"""Stands in a path for a key that people choose."""
ANY_ITEM = "[]"
"""Stands in a path for a place in a list."""

Pattern = tuple[str, ...]
"""The way to a leaf of a schema: keys, `ANY_KEY` and `ANY_ITEM`."""

_CLASSES = (string.digits, string.ascii_lowercase, string.ascii_uppercase)
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


def leaves(place: Grammar, path: Pattern = ()) -> Iterator[tuple[Pattern, Grammar]]:
    """Yield every leaf of a schema below a place: what holds one value, in one of its forms at least."""
    if place.opaque or any(not _is_collection(form) for form in place.forms):
        yield path, place
    if place.opaque:
        return
    for key, child in place.properties.items():
        yield from leaves(child, (*path, key))
    if (extra := place.any_child) is not None:
        yield from leaves(extra, (*path, ANY_KEY))
    if (item := place.item()) is not None:
        yield from leaves(item, (*path, ANY_ITEM))


def others(place: Grammar, value: Any) -> Iterator[Any]:
    """Yield other values that the schema admits at a leaf, those that need nothing else to change first.

    A value that refers to something, such as a service's name, still has to be held against the whole spec. A leaf
    that admits one value yields none.
    """
    told: list[Any] = [value]
    for candidate in (*_of_schema(place), *_near(place, value)):
        if admits(place, candidate) and not any(_same(candidate, one) for one in told):
            told.append(candidate)
            yield candidate


def admits(place: Grammar, value: Any) -> bool:
    """Return whether a leaf admits a value, by itself."""
    return any(_fits(form, value) for form in place.forms)


def _of_schema(place: Grammar) -> Iterator[Any]:
    """Yield what the schema itself names."""
    for form in place.forms:
        yield from form.get("enum", ())
        yield from form.get("examples", ())
        if "default" in form:
            yield form["default"]


def _near(place: Grammar, value: Any) -> Iterator[Any]:
    """Yield values of the same kind, as near as possible."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
        yield from (form[bound] for form in place.forms for bound in ("minimum", "maximum") if bound in form)
    elif isinstance(value, float):
        yield from (round(value + step, 6) for step in (0.01, -0.01))
    elif isinstance(value, str):
        yield from _near_text(value)
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from ({**value, key: other} for other in _near(place, child))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from ([*value[:index], other, *value[index + 1 :]] for other in _near(place, child))


def _near_text(text: str) -> Iterator[str]:
    """Yield texts that differ in one character of the same class, from the end; then longer and shorter ones."""
    for index in range(len(text) - 1, -1, -1):
        for known in _CLASSES:
            place = known.find(text[index])
            if place >= 0:
                yield from (
                    f"{text[:index]}{known[(place + step) % len(known)]}{text[index + 1 :]}" for step in (1, -1)
                )
    yield f"{text}x"
    yield f"{text}0"
    yield text[:-1]


def _is_collection(form: Mapping[str, Any]) -> bool:
    return form.get("type") in ("object", "array")


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are one, where `true` is not 1."""
    return type(one) is type(other) and bool(one == other)


def _fits(form: Mapping[str, Any], value: Any) -> bool:
    kind = form.get("type")
    if kind is not None and (type(value) not in _TYPES[kind]):
        return False
    if value not in form.get("enum", (value,)) or value != form.get("const", value):
        return False
    if isinstance(value, str):
        shortest, longest = form.get("minLength", 0), form.get("maxLength", len(value))
        return shortest <= len(value) <= longest and all(matches(one, value) for one in form.get("patterns", ()))
    if isinstance(value, int | float):
        return bool(form.get("minimum", value) <= value <= form.get("maximum", value))
    return True
