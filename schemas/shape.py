"""Whether a document has the shape of its schema, and what is wrong when it has not."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from schemas.document import Node, descend, origin_of, plain
from schemas.grammar import Kind
from schemas.problems import Origin, Path, Problem, listed, nearest
from schemas.validator import LAYERED, Error, errors, fits

_VEILED = {"env", "content", "data", "args", "command"}
"""Keys under which a person may have written a secret: values there are never shown."""

_TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "nothing",
}


def layer_problems(tree: Node, kind: Kind) -> list[Problem]:
    """Return what is wrong with a file as it is written, before anything is merged.

    In an application and a platform `null` is admitted everywhere, because it removes what a lower layer brought; and
    what a service or location lacks in one layer may come from another.
    """
    return _problems(tree, kind, None, LAYERED[kind])


def merged_problems(tree: Node, kind: Kind, definition: str) -> list[Problem]:
    """Return what is wrong with a tree after all layers were merged into it."""
    return _problems(tree, kind, definition, frozenset())


def _problems(tree: Node, kind: Kind, definition: str | None, layered: frozenset[str]) -> list[Problem]:
    value = plain(tree)
    if fits(kind, definition, value):
        return []
    return [problem for error in errors(kind, definition, value) for problem in _told(tree, error, layered)]


def _told(tree: Node, error: Error, layered: frozenset[str]) -> Iterator[Problem]:
    """Yield one error of the validator as problems in our own words.

    Under the `layered` keys nothing is missing yet: another layer may bring it.
    """
    path = tuple(error.absolute_path)
    if error.validator in ("required", "dependentRequired", "x-choose") and layered & set(path):
        return
    if error.validator == "anyOf":
        yield from _told_branches(tree, error, path, layered)
    elif "propertyNames" in error.relative_schema_path:
        key = str(error.instance)
        at = descend(tree, (*path, key))
        origin = at.key if at is not None and at.key is not None else origin_of(tree, path)
        yield Problem(
            origin=origin, code="SW2005", message=f"`{key}` is not {error.schema.get('x-words', 'a valid key')}."
        )
    elif error.validator == "additionalProperties":
        yield from _unknown_keys(tree, error, path)
    elif error.validator == "x-excludes":
        yield _excluded(tree, error, path)
    else:
        message, code = _sentence(error, path)
        yield Problem(origin=_place(tree, error, path), code=code, message=message)


def _place(tree: Node, error: Error, path: Path) -> Origin:
    """Return where an error stands: at the value, or at the key that another layer brought without what it needs."""
    origin = origin_of(tree, path)
    if error.validator == "dependentRequired":
        keys = [_key_origin(tree, path, key) for key in error.validator_value if key in error.instance]
        return next((key for key in keys if key.layer != origin.layer), origin)
    return origin


def _told_branches(tree: Node, error: Error, path: Path, layered: frozenset[str]) -> Iterator[Problem]:
    """Explain a failed `anyOf` by the branch whose type the value has, which is the one that was meant."""
    branches: dict[Any, list[Error]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    meant = [
        errors for errors in branches.values() if not any(e.validator == "type" and not e.relative_path for e in errors)
    ]
    words = error.schema.get("x-words", "")
    if len(meant) == 1 and (isinstance(error.instance, Mapping | list) or not words):
        for inner in meant[0]:
            yield from _told(tree, inner, layered)
        return
    expected = words or (meant and meant[0][0].schema.get("x-words")) or "one of the forms that the reference shows"
    yield Problem(
        origin=origin_of(tree, path), code="SW2002", message=f"{_shown(error.instance, path)} must be {expected}."
    )


def _unknown_keys(tree: Node, error: Error, path: Path) -> Iterator[Problem]:
    known = tuple(error.schema.get("properties", ()))
    patterns = tuple(error.schema.get("patternProperties", ()))
    for key in error.instance:
        if key in known or any(re.search(pattern, key) for pattern in patterns):
            continue
        at = descend(tree, (*path, key))
        origin = at.key if at is not None and at.key is not None else origin_of(tree, path)
        near = nearest(key, known)
        hint = near or (f" Known here: {listed(known, 'and')}." if len(known) <= 16 else "")
        yield Problem(origin=origin, code="SW2001", message=f"`{key}` is not a key here.{hint}")


def _excluded(tree: Node, error: Error, path: Path) -> Problem:
    """Point at the key that stands later and name the line of the other."""
    keys = sorted(
        error.validator_value, key=lambda key: (_key_origin(tree, path, key).line, _key_origin(tree, path, key).column)
    )
    first, last = _key_origin(tree, path, keys[0]), _key_origin(tree, path, keys[-1])
    message = f"`{keys[-1]}` and `{keys[0]}` (line {first.line}) exclude each other."
    return Problem(origin=last, code="SW2006", message=message, hint="Keep one of them.")


def _key_origin(tree: Node, path: Path, key: str) -> Any:
    at = descend(tree, (*path, key))
    return at.key if at is not None and at.key is not None else origin_of(tree, path)


def _sentence(error: Error, path: Path) -> tuple[str, str]:
    """Return the message and code for one keyword of JSON Schema."""
    keyword = str(error.validator)
    code, sentence = _SENTENCES.get(keyword, ("SW2009", lambda told: f"{told.value} is not valid here ({keyword})."))
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    told = _Told(_shown(error.instance, path), error.instance, error.validator_value, schema.get("x-words", ""))
    return sentence(told), code


class _Told(NamedTuple):
    """What a sentence about an error needs."""

    value: str
    """The value as it may be shown."""
    instance: Any
    limit: Any
    """The keyword's value in the schema."""
    words: str
    """What the schema says in words, or nothing."""


_SENTENCES: dict[str, tuple[str, Callable[[_Told], str]]] = {
    "type": ("SW2002", lambda told: f"{told.value} must be {told.words or _type_words(told.limit)}."),
    "enum": ("SW2003", lambda told: f"{told.value} must be {listed(map(str, told.limit))}.{_near(told)}"),
    "const": ("SW2003", lambda told: f"{told.value} must be `{told.limit}`."),
    "required": ("SW2004", lambda told: f"{listed(told.limit, 'and')} is missing."),
    "x-choose": ("SW2004", lambda told: f"one of {listed(told.limit)} is missing."),
    "dependentRequired": ("SW2004", lambda told: f"{_lacking(told)}."),
    "pattern": ("SW2005", lambda told: f"{told.value} must be {told.words or f'of the form {told.limit}'}."),
    "minimum": ("SW2007", lambda told: f"{told.value} must be at least {told.limit}."),
    "maximum": ("SW2007", lambda told: f"{told.value} must be at most {told.limit}."),
    "minItems": ("SW2008", lambda _: "this must not be empty."),
    "minProperties": ("SW2008", lambda _: "this must not be empty."),
    "minLength": ("SW2008", lambda _: "this must not be empty."),
    "maxLength": ("SW2008", lambda told: f"{told.value} must be {told.words or f'at most {told.limit} characters'}."),
    "uniqueItems": ("SW2008", lambda _: "every entry may stand here once."),
}


def _near(told: _Told) -> str:
    return nearest(told.instance, map(str, told.limit)) if isinstance(told.instance, str) else ""


def _lacking(told: _Told) -> str:
    """Return which keys need which others beside them."""
    needs = {
        key: [n for n in need if n not in told.instance] for key, need in told.limit.items() if key in told.instance
    }
    return "; ".join(f"`{key}` needs {listed(lacks, 'and')} beside it" for key, lacks in needs.items() if lacks)


def _type_words(types: str | Iterable[str]) -> str:
    names = [types] if isinstance(types, str) else list(types)
    return " or ".join(_TYPE_WORDS[name] for name in names)


def _shown(value: Any, path: Path) -> str:
    """Return the value for a message: only its type where it may be a secret or is long."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if any(part in _VEILED for part in path) or len(str(value)) > 80:
        return "this text" if isinstance(value, str) else "this number"
    return f"`{value}`"
