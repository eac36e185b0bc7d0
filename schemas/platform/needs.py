"""What a row of the table of needs is: fields of a spec, and how to see that the platform lacks what they need."""

from collections.abc import Callable
from dataclasses import dataclass

from schemas.problems import Path
from schemas.text.document import Node


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
