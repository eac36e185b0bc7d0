"""Problems: what is wrong, where, and how to mend it."""

import difflib
import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

Path = tuple[str | int, ...]
"""The way from a document's root to a value: keys and list indexes."""

_BARE_KEY = re.compile(r"^[A-Za-z_][-A-Za-z0-9_]*$")


class Origin(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The place in a file where a key or value stands."""

    file: str
    """The file as the user named it."""
    line: int
    """Counted from 1; 0 for a value that stands in no file."""
    column: int
    """Counted from 1."""
    path: Path
    """The path in that file, which differs from the merged path for a value of a later layer."""
    layer: str
    """The layer that brought the value: `application`, `environment prod`, `baseline 2026-11`, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a file."""

    origin: Origin
    code: str
    """A stable code: `SW1…` reading, `SW2…` shape, `SW3…` layers, `SW4…` rules, `SW5…` the world around."""
    message: str
    """What was found and what it must be. Never a secret."""
    hint: str = ""
    """How to mend it, when there is more to say than the message does."""
    severity: Literal["error", "warning"] = "error"

    @property
    def path(self) -> str:
        """The path as people write it, without what only looks like a key and may hold a secret."""
        return written([part if isinstance(part, int) or can_be_key(part) else "…" for part in self.origin.path])

    def __str__(self) -> str:
        """Return the problem as one line: `file:line:column: path: message`."""
        where = f"{self.origin.file}:{self.origin.line}:{self.origin.column}" if self.origin.line else self.origin.file
        path = f" {self.path}:" if self.origin.path else ""
        word = "warning: " if self.severity == "warning" else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{where}:{path} {word}{self.message}{hint} [{self.code}]"


_KEY = re.compile(r"(?!-)[\w./*~@%+$<>()-]{1,128}|\d\d:\d\d|/([\w./*~@%+$<>()-]|:(?=\w)){1,255}")
"""What a person may mean by a key: a word, a name with its domain, a time of day, a path."""


def can_be_key(text: str) -> bool:
    """Return whether a key is one that a person can have meant.

    Where a quote, a bracket or a blank is missing, the reader takes for a key what was meant to be a value, or a whole
    piece of the file with all the values in it.
    """
    return _KEY.fullmatch(text) is not None


def key_shown(key: str) -> str:
    """Return a key for a message, in backticks; `this` for what no person can have meant by one."""
    return f"`{key}`" if can_be_key(key) else "this"


_VEILED = {"env", "content", "data", "args", "command", "requestHeaders", "responseHeaders", "headers"}
"""Keys under which a person may have written a secret."""

NAMES = {"services", "jobs", "volumes", "initContainers", "sidecars", "connections", "ports", "secrets", "configs"}
"""Keys under which a person chooses names: a volume named `data` holds no secrets."""


def may_be_secret(path: Path) -> bool:
    """Return whether a value at a path is never shown, because a person may have written a secret there."""
    chosen = False
    for index, part in enumerate(path):
        if part in _VEILED and not (chosen and index < len(path) - 1):
            return True
        chosen = part in NAMES and not chosen
    return False


class DeployError(Exception):
    """Raised when a deployment can't go on and the user can mend it. It is shown without a traceback."""


class SpecError(DeployError):
    """Raised with every problem of the files at once, sorted by position."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownNameError(SpecError):
    """Raised when what was asked for by name, an environment or a baseline, is not there; the files may be right."""


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems without repetitions, sorted by file and position."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: (p.origin.file, p.origin.line, p.origin.column, p.code, p.message)))


def errors_in(problems: Iterable[Problem]) -> bool:
    """Return whether one of the problems is an error and not a warning."""
    return any(problem.severity == "error" for problem in problems)


def written(path: Sequence[str | int]) -> str:
    """Return a path as people write it: `spec.services.cart.files["/etc/cart"].mode`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _BARE_KEY.match(part):
            text += f".{part}" if text else part
        else:
            text += f'["{part}"]'
    return text


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return `, did you mean …?` with the most similar choice, or nothing when none is similar."""
    folded = _folded(word)
    if len(folded) > _LONGEST_COMPARED:
        return ""
    # Of very many, those of like length; in an order of their own, because a set has another one in every run.
    likely = heapq.nsmallest(_MOST_COMPARED, choices, key=lambda choice: (abs(len(choice) - len(word)), choice))
    by_folded = {_folded(choice): choice for choice in reversed(likely)}
    found = difflib.get_close_matches(folded, by_folded, n=1, cutoff=0.6)
    return f" Did you mean `{by_folded[found[0]]}`?" if found else ""


def nearest_or_all(word: str, known: Iterable[str], lead: str = "It has") -> str:
    """Return the name that was most likely meant, or ` It has …` with all there are; nothing when there are none."""
    names = tuple(known)
    return nearest(word, names) or (f" {lead} {listed(names, 'and')}." if names else "")


def _folded(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "")


_LONGEST_COMPARED = 80
_MOST_COMPARED = 1000
"""Comparing costs time for each letter and choice, and a file may make a great many mistakes."""


def listed(words: Iterable[str], joint: str = "or") -> str:
    """Return the words in backticks as an English list: "`a`, `b` or `c`"."""
    quoted = [f"`{word}`" for word in words]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"
