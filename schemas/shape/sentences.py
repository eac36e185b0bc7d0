"""The sentences about values that have not the shape of their schema."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from schemas.problems import Path, listed, may_be_secret, nearest
from schemas.shape.grammar import grammar

TYPE, FORM = "SW2002", "SW2005"
"""Codes of a value of the wrong type, and of a text or key that has not the right form."""

_LONGEST_SHOWN = 80

_TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "nothing",
}


class Told(NamedTuple):
    """What a sentence about an error needs."""

    instance: Any
    limit: Any
    """The keyword's value in the schema."""
    schema: Mapping[str, Any]
    path: Path
    written: str | None
    """How a number was written, when that differs from how it is shown."""

    @property
    def value(self) -> str:
        """The value as it may be shown."""
        return shown(self.instance, may_be_secret(self.path), self.written)

    @property
    def words(self) -> str:
        """What the schema says in words, or nothing."""
        return str(self.schema.get("x-words", ""))


def shown(value: Any, veiled: bool, written: str | None = None) -> str:
    """Return a value for a message, as it was `written` if that is said: only its type where it is veiled or long."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if veiled or len(str(value)) > _LONGEST_SHOWN:
        return "this text" if isinstance(value, str) else "this number"
    return f"`{written or value}`"


def sentence(keyword: str, told: Told) -> tuple[str, str, str]:
    """Return the code, message and hint for one keyword of JSON Schema."""
    code, words = _SENTENCES.get(keyword, ("SW2009", lambda told: f"{told.value} is not valid here ({keyword})."))
    return code, words(told), hint(told) if code in (TYPE, "SW2003", FORM) else ""


def hint(told: Told) -> str:
    """Return how to write what was meant by a value of the wrong type or form."""
    found = _type_of(told.instance)
    instead = told.schema.get("x-instead", {})
    if found in instead:
        return _filled(str(instead[found]), told)
    if found == "number" and (told.written or str(told.instance)) in told.schema.get("enum", ()):
        return _quoted(told)
    if found == "string" and "enum" not in told.schema and (said := _of_another_tool(told)):
        return said.strip()
    wanted = told.schema.get("type") or ("string" if {"type": "string"} in told.schema.get("anyOf", ()) else "")
    mend = _MENDS.get((found, wanted)) if isinstance(wanted, str) else None
    return mend(told) if mend is not None else ""


def _filled(said: str, told: Told) -> str:
    """Return what the schema says to write instead, with the number that was written for its `…`.

    Only a number: a text in another value's place may be a secret.
    """
    if _type_of(told.instance) != "number" or may_be_secret(told.path):
        return said
    return said.replace("…", told.written or str(told.instance))


def _type_of(value: Any) -> str:
    kinds = (
        (bool, "boolean"),
        (int, "number"),
        (float, "number"),
        (str, "string"),
        (Mapping, "object"),
        (list, "array"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "null")


def _quoted(told: Told) -> str:
    if may_be_secret(told.path):
        return "Put it in quotes."
    text = str(told.instance).lower() if isinstance(told.instance, bool) else told.written or str(told.instance)
    return f'Quote it: "{text}".'


def _unquoted(told: Told) -> str:
    if re.fullmatch(r"-?[0-9]+", told.instance):
        return "Write it without quotes."
    if pair := re.fullmatch(r"[0-9]+:([0-9]+)", told.instance):
        return f"Write the container's own port: {pair[1]}."
    return ""


def _spaced(told: Told) -> str:
    """Return how a text becomes the mapping that was meant: a service of an image, a volume of a path, or a key."""
    word = told.instance.partition(":")[0]
    if told.path[-2:-1] == ("services",) and word not in grammar("application", "Service").properties:
        return f"Write `{told.path[-1]}: {{image: …}}`."
    if told.path[-2:-1] == ("volumes",) and told.instance.startswith("/"):
        return "Write `mountPath` under it, and `emptyDir: {}` or a `claim`."
    return "Write a space behind the colon." if re.match(r"[A-Za-z_][-\w]*:\S", told.instance) else ""


def _named(told: Told) -> str:
    """Return how a list becomes a mapping: of ports, with the numbers that were written."""
    if told.path[-1:] != ("ports",):
        return "Write each entry under a name of its own, without `- `."
    first = told.instance[0] if told.instance else None
    if isinstance(first, Mapping):
        first = first.get("containerPort")
    if isinstance(first, int) and len(told.instance) == 1:
        return f"For one port write `port: {first}`."
    if isinstance(first, int):
        return f"Write `http: {{port: {first}}}` instead of the entry for {first}."
    if isinstance(first, str) and (pair := re.fullmatch(r"([0-9]+):([0-9]+)", first)):
        return f'Write `http: {{port: {pair[1]}, targetPort: {pair[2]}}}` instead of `- "{first}"`.'
    return "Write each port under a name of its own: `http: {port: 80, targetPort: 8080}`."


_MENDS: dict[tuple[str, str], Callable[[Told], str]] = {
    ("number", "string"): _quoted,
    ("boolean", "string"): _quoted,
    ("string", "integer"): _unquoted,
    ("string", "boolean"): lambda told: "Write it without quotes." if told.instance in ("true", "false") else "",
    ("string", "object"): _spaced,
    ("string", "array"): lambda _: "Write `- ` before it.",
    ("array", "object"): _named,
    ("object", "array"): lambda _: "Write each entry behind `- `.",
}
"""By the type that was found and the one that is wanted: how one becomes the other."""

_SENTENCES: dict[str, tuple[str, Callable[[Told], str]]] = {
    "type": (TYPE, lambda told: f"{_mistyped(told)} must be {told.words or _type_words(told.limit)}."),
    "enum": ("SW2003", lambda told: f"{told.value} must be {listed(map(str, told.limit))}.{_near(told)}"),
    "const": ("SW2003", lambda told: f"{told.value} must be `{told.limit}`."),
    "required": (
        "SW2004",
        lambda told: f"{listed(told.limit, 'and')} {'is' if len(told.limit) == 1 else 'are'} missing.",
    ),
    "x-choose": ("SW2004", lambda told: f"one of {listed(told.limit)} is missing."),
    "dependentRequired": ("SW2004", lambda told: f"{_lacking(told)}."),
    "pattern": (FORM, lambda told: f"{told.value} must be {told.words or f'of the form {told.limit}'}."),
    "minimum": ("SW2007", lambda told: f"{told.value} must be at least {told.limit}."),
    "maximum": ("SW2007", lambda told: f"{told.value} must be at most {told.limit}."),
    "minItems": ("SW2008", lambda _: "this must not be empty."),
    "minProperties": ("SW2008", lambda _: "this must not be empty."),
    "minLength": ("SW2008", lambda _: "this must not be empty."),
    "maxLength": ("SW2008", lambda told: f"{told.value} must be {told.words or f'at most {told.limit} characters'}."),
    "uniqueItems": ("SW2008", lambda _: "every entry may stand here once."),
}


def _mistyped(told: Told) -> str:
    """Return a value of the wrong type as it may be shown: a text in a mapping's place may be a secret."""
    if isinstance(told.instance, str) and told.limit in ("object", "array"):
        return "this text"
    return told.value


def _near(told: Told) -> str:
    """Return the word that was meant: by the schema's own table for words of other tools, or by its spelling."""
    if not isinstance(told.instance, str):
        return ""
    return _of_another_tool(told) or nearest(told.instance, map(str, told.limit))


def _of_another_tool(told: Told) -> str:
    """Return what the schema says to write instead of a text that other tools know, or nothing."""
    said = str(told.schema.get("x-suggest", {}).get(told.instance.casefold(), ""))
    return f" {said}" if " " in said else f" Write `{said}`." if said else ""


def _lacking(told: Told) -> str:
    """Return which keys need which others beside them."""
    needs = {
        key: [n for n in need if n not in told.instance] for key, need in told.limit.items() if key in told.instance
    }
    return "; ".join(f"`{key}` needs {listed(lacks, 'and')} beside it" for key, lacks in needs.items() if lacks)


def _type_words(types: str | Iterable[str]) -> str:
    names = [types] if isinstance(types, str) else list(types)
    return " or ".join(_TYPE_WORDS[name] for name in names)
