"""What bare words mean: YAML 1.2's core schema, without what YAML 1.1 reads differently."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import yaml

from schemas.text.document import Scalar

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]++|[0-9]++\.[0-9]*+)\Z")
_NUMBER_LIKE = re.compile(r"[-+.0-9]")
_WORDS: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}
_LONGEST_NUMBER = 18
"""Digits that every reader of JSON and YAML keeps."""


SURPRISE, TAG, MERGE, KEY, UNSEEN = "SW1010", "SW1007", "SW1008", "SW1011", "SW1018"
"""Codes of what is refused: a word, a tag, a merge key, what cannot be a key, a character that cannot be seen."""

LONGEST_KEY = 1024
"""What YAML admits for a bare key."""

_BLANKS = re.compile("[\u00a0\u2000-\u200d\u202f\u205f\u2060\u3000]")
"""Blanks that look like the one that YAML knows."""


KEY_WITHOUT_SPACE = re.compile(r"([A-Za-z_][-A-Za-z0-9_]*):(?=\S)")
"""A key and its value in one word; the value may be a secret."""


class Refused(NamedTuple):
    """Why a bare word is no value or no key, and how to write what may be meant."""

    message: str
    hint: str
    code: str = SURPRISE

    def veiled(self) -> "Refused":
        """Return the same without the word, which may be a secret."""
        _, quoted, why = self.message.partition("` is ")
        message = f"this bare word is {why}" if quoted else self.message
        return Refused(message, "Put it in quotes.", self.code)


def refused_key(event: yaml.ScalarEvent) -> Refused | None:
    """Return why a text cannot be a key, or nothing when it can."""
    if event.tag is not None:
        return Refused(f"the tag `{event.tag}` is not allowed.", "Leave it out.", TAG)
    if len(event.value) > LONGEST_KEY:
        return Refused(f"this key is longer than {LONGEST_KEY} characters.", "", KEY)
    if event.anchor is not None:
        message = f"the anchor `&{event.anchor}` stands before a key, and so names the key."
        return Refused(message, "Move it behind the colon.", KEY)
    return None if event.style else _refused_word(event.value)


def _refused_word(word: str) -> Refused | None:
    if found := KEY_WITHOUT_SPACE.match(word):
        return Refused(f"a space is missing behind `{found[1]}:`.", f"Write `{found[1]}: …`.", KEY)
    if word == "<<":
        return Refused("merge keys are not part of YAML 1.2.", "Write the values out.", MERGE)
    value = value_of(word)
    if not isinstance(value, Refused):
        return None
    return value._replace(hint=f'Write "{word}".') if value.code == SURPRISE else value


def value_of(text: str) -> Scalar | Refused:
    """Return what a bare word means, or why it is refused."""
    if text in _WORDS:
        return _WORDS[text]
    refused = _surprise(text)
    if refused is not None:
        return refused
    if _INT.match(text):
        return int(text)
    return float(text) if _FLOAT.match(text) else text


def _surprise(text: str) -> Refused | None:
    if not text.isascii() and (found := _BLANKS.search(text)):
        return Refused(f"a blank that is none to YAML (U+{ord(found[0]):04X}) stands here.", "Write a blank.", UNSEEN)
    if _NUMBER_LIKE.match(text) is None:
        return _trap(text, _WORD_TRAPS) if len(text) <= _LONGEST_WORD_TRAP else None
    if trap := _trap(text, _NUMBER_TRAPS):
        return trap
    if len(text) > _LONGEST_NUMBER + 2 and (_INT.match(text) or _FLOAT.match(text)):
        message = f"a number of more than {_LONGEST_NUMBER} digits is kept differently by different readers."
        return Refused(message, "Put it in quotes when it is text.")
    return None


def _trap(text: str, traps: Iterable[tuple[re.Pattern[str], str, Callable[[str], str]]]) -> Refused | None:
    for pattern, why, instead in traps:
        if pattern.match(text):
            other = instead(text)
            return Refused(f"`{text}` is {why}.", f'Write "{text}" for the text' + (f", or {other}." if other else "."))
    return None


def _exponent(text: str) -> str:
    plain = f"{float(text):.15g}"
    return f"{plain} for the number" if "e" not in plain and "inf" not in plain else ""


_LONGEST_WORD_TRAP = 5
"""The longest bare word that is a trap and does not look like a number: `false`."""

_WORD_TRAPS: tuple[tuple[re.Pattern[str], str, Callable[[str], str]], ...] = (
    (
        re.compile(r"(yes|no|on|off|y|n)\Z", re.IGNORECASE),
        "a boolean to YAML 1.1 and text to YAML 1.2",
        lambda text: "true" if text.lower() in ("yes", "on", "y") else "false",
    ),
    (re.compile(r"(True|TRUE|False|FALSE|Null|NULL)\Z"), "read differently by different readers", str.lower),
)
# No form goes back over what it has read (`++`, `*+`), so a number of a million digits costs no more than its length.
_NUMBER_TRAPS: tuple[tuple[re.Pattern[str], str, Callable[[str], str]], ...] = (
    (
        re.compile(r"[-+]?0[0-9]+\Z"),
        "octal to YAML 1.1 and decimal to YAML 1.2",
        lambda text: f"{text[:1] if text[0] in '-+' else ''}{text.lstrip('-+').lstrip('0') or '0'} for the number",
    ),
    (
        re.compile(r"[-+]?[0-9][0-9_]*+(:[0-5]?[0-9])+(\.[0-9_]*)?\Z"),
        "a number to base 60 to YAML 1.1 and text to YAML 1.2",
        lambda _: "",
    ),
    (
        re.compile(r"[-+]?[0-9]++_[0-9_]*+(\.[0-9_]*)?\Z"),
        "a number to YAML 1.1 and text to YAML 1.2",
        lambda text: f"{text.replace('_', '')} for the number",
    ),
    (
        re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?\Z"),
        "a date to YAML 1.1 and text to YAML 1.2",
        lambda _: "",
    ),
    (
        re.compile(r"[-+]?(\.[0-9]++|[0-9]++(\.[0-9]*+)?+)[eE][-+]?[0-9]+\Z"),
        "text to YAML 1.1 and a number to YAML 1.2",
        _exponent,
    ),
    (re.compile(r"[-+]?0[xob][0-9a-fA-F_]+\Z"), "read differently by different readers", lambda _: "a decimal number"),
    (re.compile(r"([-+]?\.inf|\.nan)\Z", re.IGNORECASE), "no number that a spec can use", lambda _: ""),
)
"""What YAML 1.1 and 1.2 read differently, words or like a number: its form, why it is refused, what may be meant."""
