"""Whether a document has the shape of its schema, and what is wrong when it has not."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource

from schemas import grammar
from schemas.document import Node, descend, origin_of, plain
from schemas.grammar import Kind
from schemas.problems import Path, Problem, listed, nearest

_Error = Any
"""A `ValidationError`, whose stubs type every attribute as possibly unset."""

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


_LAYERED: dict[Kind, set[str]] = {
    "application": {"services", "jobs", "secrets", "configs", "ingress", "locations"},
    "platform": {"services", "locations"},
    "release": set(),
}
"""Keys whose content is merged from several layers, so that one layer need not be complete."""


def layer_problems(tree: Node, kind: Kind) -> list[Problem]:
    """Return what is wrong with a file as it is written, before anything is merged.

    In an application and a platform `null` is admitted everywhere, because it removes what a lower layer brought; and
    what a service or location lacks in one layer may come from another.
    """
    errors = _validator(kind, None, kind != "release").iter_errors(plain(tree))
    return [problem for error in errors for problem in _told(tree, error, _LAYERED[kind])]


def merged_problems(tree: Node, kind: Kind, definition: str) -> list[Problem]:
    """Return what is wrong with a tree after all layers were merged into it."""
    errors = _validator(kind, definition, False).iter_errors(plain(tree))
    return [problem for error in errors for problem in _told(tree, error, set())]


@cache
def _validator(kind: Kind, definition: str | None, nulls: bool) -> Any:
    """Return a compiled validator of a whole file or of one definition, which admits `null` everywhere or nowhere."""
    schemas = [grammar.schema(known) for known in grammar.KINDS]
    registry: Registry[Any] = Registry().with_resources([(one["$id"], Resource.from_contents(one)) for one in schemas])
    keywords: dict[str, Any] = {"x-choices": _choices, "required": _required}
    if nulls:
        keywords |= {name: _unless_null(name) for name in ("type", "enum", "const", "anyOf")}
    whole = grammar.schema(kind)
    target = whole if definition is None else {"$ref": f"{whole['$id']}#/$defs/{definition}"}
    extend: Any = validators.extend
    extended = extend(Draft202012Validator, keywords)
    return extended(target, registry=registry)


def _unless_null(name: str) -> Any:
    inner = Draft202012Validator.VALIDATORS[name]

    def check(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        return iter(()) if instance is None else iter(inner(validator, value, instance, schema) or ())

    return check


def _required(_: Any, required: list[str], instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, Mapping) and (missing := [key for key in required if instance.get(key) is None]):
        yield ValidationError(
            "missing", validator="required", validator_value=missing, instance=instance, schema=schema
        )


def _choices(_: Any, choices: list[dict[str, Any]], instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, Mapping):
        return
    for choice in choices:
        present = [key for key in choice["of"] if instance.get(key) is not None]
        if len(present) > 1:
            keyword, value = "x-excludes", present
        elif choice.get("required") and not present:
            keyword, value = "x-choose", choice["of"]
        else:
            continue
        yield ValidationError(keyword, validator=keyword, validator_value=value, instance=instance, schema=schema)


def _told(tree: Node, error: _Error, layered: set[str]) -> Iterator[Problem]:
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
        yield Problem(origin=origin_of(tree, path), code=code, message=message)


def _told_branches(tree: Node, error: _Error, path: Path, layered: set[str]) -> Iterator[Problem]:
    """Explain a failed `anyOf` by the branch whose type the value has, which is the one that was meant."""
    branches: dict[Any, list[_Error]] = {}
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


def _unknown_keys(tree: Node, error: _Error, path: Path) -> Iterator[Problem]:
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


def _excluded(tree: Node, error: _Error, path: Path) -> Problem:
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


def _sentence(error: _Error, path: Path) -> tuple[str, str]:
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
