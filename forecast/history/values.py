"""Amounts as files tell them."""

import math


class NoValueError(ValueError):
    """Raised at a value that is no amount of requests; its text is a sentence."""


def number(text: object) -> float:
    """Return an amount.

    Raises:
        NoValueError: it is missing, no number, not finite or negative.

    """
    said = str(text).strip() if text is not None else ""
    if not said or said.lower() in ("null", "none"):
        raise NoValueError("the value is missing.")
    try:
        # Python's own reading admits `1_000`, which no other tool writes or reads.
        found = float(said) if "_" not in said else math.nan
    except ValueError:
        raise NoValueError(f"`{said}` is no number.") from None
    if not math.isfinite(found):
        raise NoValueError(f"`{said}` is no number.")
    if found < 0:
        raise NoValueError(f"`{said}` is negative, and requests are counted from 0.")
    return found
