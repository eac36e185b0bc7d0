"""What a row of the table of needs is: fields of a spec, and how to see that the platform lacks what they need."""

from collections.abc import Callable
from dataclasses import dataclass

from schemas.problems import Path
from schemas.text.document import Node, descend


@dataclass(frozen=True, slots=True)
class Need:
    """Fields that need something, and how to see that it is missing."""

    fields: Path
    """Their path in a spec; `*` stands for any key."""
    code: str
    missing: "Callable[[Node, Path, Node], Lack | None]"
    """Given the spec, the path of one such field and the platform's entry: what is missing, or nothing."""
    said_at: Path
    """The path in the platform's entry that says so."""
    hint: str = ""
    part: Path = ()
    """The path below a field of what asks for it, where the whole field goes with that."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing."""

    sentence: str
    """Up to the place where it is missing."""
    remark: str = ""
    """What there is instead."""


NOT_INSTALLED = "SW3201"
"""The code of something that does not run in the clusters."""


def installed(name: str) -> tuple[str, Callable[[Node, Path, Node], Lack | None], Path]:
    """Return the part of a need that says what must be installed: a code, what is missing, and where that is said."""

    def missing(_spec: Node, _path: Path, entry: Node) -> Lack | None:
        return None if is_installed(entry, name) else Lack(f"this needs {name}, which is not installed")

    return NOT_INSTALLED, missing, ("installed", name)


def either(one: str, other: str) -> tuple[str, Callable[[Node, Path, Node], Lack | None], Path]:
    """Return the same part of a need that each of two satisfies."""

    def missing(_spec: Node, _path: Path, entry: Node) -> Lack | None:
        there = is_installed(entry, one) or is_installed(entry, other)
        return None if there else Lack(f"this needs {one} or {other}, and neither is installed")

    return NOT_INSTALLED, missing, ("installed",)


def is_installed(entry: Node, name: str) -> bool:
    """Return whether a platform's entry says that something is installed."""
    there = descend(entry, ("installed", name))
    return there is not None and bool(there.value)
