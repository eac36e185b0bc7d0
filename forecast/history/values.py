"""What histories tell over time, and amounts of it as files write them."""

import math
from typing import NamedTuple


class Amount(NamedTuple):
    """What a history tells over time."""

    what: str
    columns: tuple[str, ...]
    """How the columns are usually called that hold it."""
    place: int
    """Where it stands in an entry that is a list."""
    is_optional: bool
    """Whether a history may lack it, here and there or everywhere."""
    without: str
    """What to do where nothing was measured."""


REQUESTS = Amount(
    "requests",
    ("requests", "count", "value", "hits", "rate", "rps", "total", "n"),
    1,
    is_optional=False,
    without="Leave the line out when nothing was measured.",
)
CORES = Amount(
    "cores",
    ("cpu", "cores", "cpu_cores"),
    2,
    is_optional=True,
    without="Leave the cell empty when nothing was measured.",
)


_SHOWN = 60
MOST = 1e15
"""What is more is a mistake, and what is very much more has no sum."""


class NoValueError(ValueError):
    """Raised at a value that is no amount; its text is a sentence."""


def is_blank(text: object) -> bool:
    """Return whether a value is not there."""
    return text is None or str(text).strip().lower() in ("", "null", "none")


def short(text: object) -> str:
    """Return the beginning of what a file says, as much of it as a message has room for."""
    said = str(text)
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"


def number(text: object, of: Amount = REQUESTS) -> float:
    """Return an amount.

    Raises:
        NoValueError: it is missing, no number, not finite or negative.

    """
    if is_blank(text):
        raise NoValueError("the value is missing.")
    said = str(text).strip()
    shown = short(said)
    try:
        # Python's own reading admits `1_000`, which no other tool writes or reads.
        found = float(said) if "_" not in said else math.nan
    except ValueError:
        raise NoValueError(f"`{shown}` is no number.") from None
    if not math.isfinite(found):
        raise NoValueError(f"`{shown}` is no number.")
    if found < 0:
        raise NoValueError(f"`{shown}` is negative, and {of.what} are counted from 0.")
    if found > MOST:
        raise NoValueError(f"`{shown}` is more {of.what} than there can be.")
    return found
