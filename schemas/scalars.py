"""What bare words mean: YAML 1.2's core schema, without what YAML 1.1 reads differently."""

import re
from collections.abc import Callable
from typing import NamedTuple

from schemas.document import Scalar

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)\Z")
_NUMBER_LIKE = re.compile(r"[-+.0-9]")
_WORDS: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}
_LONGEST_NUMBER = 18
"""Digits that every reader of JSON and YAML keeps."""


class Refused(NamedTuple):
    """Why a bare word is no value, and how to write what may be meant."""

    message: str
    hint: str


def value_of(text: str) -> Scalar | Refused:
    """Return what a bare word means, or why it is refused."""
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER_LIKE.match(text) is None and len(text) > _LONGEST_TRAP:
        return text
    for pattern, why, instead in _SURPRISES:
        if pattern.match(text):
            other = instead(text)
            return Refused(f"`{text}` is {why}.", f'Write "{text}" for the text' + (f", or {other}." if other else "."))
    if _INT.match(text) or _FLOAT.match(text):
        if len(text) > _LONGEST_NUMBER + 2:
            message = f"a number of more than {_LONGEST_NUMBER} digits is kept differently by different readers."
            return Refused(message, "Put it in quotes when it is text.")
        return int(text) if _INT.match(text) else float(text)
    return text


def _exponent(text: str) -> str:
    plain = f"{float(text):.15g}"
    return f"{plain} for the number" if "e" not in plain and "inf" not in plain else ""


_LONGEST_TRAP = 5
"""The longest bare word that is a trap and does not look like a number: `false`."""

_SURPRISES: tuple[tuple[re.Pattern[str], str, Callable[[str], str]], ...] = (
    (
        re.compile(r"(yes|no|on|off|y|n)\Z", re.IGNORECASE),
        "a boolean to YAML 1.1 and text to YAML 1.2",
        lambda text: "true" if text.lower() in ("yes", "on", "y") else "false",
    ),
    (re.compile(r"(True|TRUE|False|FALSE|Null|NULL)\Z"), "read differently by different readers", str.lower),
    (
        re.compile(r"[-+]?0[0-9]+\Z"),
        "octal to YAML 1.1 and decimal to YAML 1.2",
        lambda text: f"{text[:1] if text[0] in '-+' else ''}{text.lstrip('-+').lstrip('0') or '0'} for the number",
    ),
    (
        re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?\Z"),
        "a number to base 60 to YAML 1.1 and text to YAML 1.2",
        lambda _: "",
    ),
    (
        re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?\Z"),
        "a number to YAML 1.1 and text to YAML 1.2",
        lambda text: f"{text.replace('_', '')} for the number",
    ),
    (
        re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?\Z"),
        "a date to YAML 1.1 and text to YAML 1.2",
        lambda _: "",
    ),
    (
        re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+\Z"),
        "text to YAML 1.1 and a number to YAML 1.2",
        _exponent,
    ),
    (re.compile(r"[-+]?0[xob][0-9a-fA-F_]+\Z"), "read differently by different readers", lambda _: "a decimal number"),
    (re.compile(r"([-+]?\.inf|\.nan)\Z", re.IGNORECASE), "no number that a spec can use", lambda _: ""),
)
"""What YAML 1.1 and 1.2 read differently: its form, why it is refused, and what else may be meant."""
