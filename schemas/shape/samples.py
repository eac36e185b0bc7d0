"""Some value that a place of a schema admits, for when nothing is known of what stands there."""

from collections.abc import Mapping
from typing import Any

from schemas.shape.grammar import Grammar
from schemas.shape.validator import matches

_TEXTS = ("sample", "other", "/sample", "/other", "s", "o", "1", "2", "10m", "20m", "0 3 * * *", "0 4 * * *")
"""Texts of the forms that the language knows, and for what says no example of its own."""


def sample(place: Grammar, way: int) -> Any:
    """Return a value that fits, the same one for each `way`, and for another way another one where there are several.

    Mappings hold what they must and nothing more. Text of a form that is not known here may not fit.
    """
    words = place.forms[0]
    if "default" in words and not isinstance(words["default"], Mapping):
        others = [word for word in words.get("enum", ()) if word != words["default"]]
        return others[0] if way and others else words["default"]
    if choices := words.get("enum") or words.get("examples"):
        return choices[way % len(choices)]
    if "const" in words:
        return words["const"]
    return _MAKERS[words.get("type", "string")](place, words, way)


def _mapping(place: Grammar, words: Mapping[str, Any], way: int) -> dict[str, Any]:
    wanted = list(words.get("required", ()))
    wanted += [choice.of[0] for choice in place.choices if choice.required]
    wanted += [key for known in wanted for key in words.get("dependentRequired", {}).get(known, ())]
    if not wanted and words.get("minProperties"):
        wanted = [next(iter(place.properties), "sample")]
    children = {key: place.child(key) for key in dict.fromkeys(wanted)}
    return {key: sample(child, way) for key, child in children.items() if child is not None}


def _list(place: Grammar, words: Mapping[str, Any], way: int) -> list[Any]:
    item = place.item()
    return [sample(item, way)] if item is not None and words.get("minItems") else []


def _number(_: Grammar, words: Mapping[str, Any], way: int) -> int:
    return min(int(words.get("minimum", 1)) + way, int(words.get("maximum", 1_000_000)))


def _text(_: Grammar, words: Mapping[str, Any], way: int) -> str:
    fitting = [text for text in _TEXTS if all(matches(one, text) for one in words["patterns"])]
    return fitting[way % len(fitting)] if fitting else _TEXTS[0]


_MAKERS = {
    "object": _mapping,
    "array": _list,
    "integer": _number,
    "number": _number,
    "boolean": lambda _, __, way: bool(way % 2),
    "string": _text,
}
