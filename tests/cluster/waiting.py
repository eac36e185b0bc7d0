"""Waiting for what will be, and saying what was seen when it does not come."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], holds: Callable[[T], bool], seconds: float, pause: float = 0.5) -> T:
    """Return what was seen once it holds."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if holds(seen):
            return seen
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still: {seen!r}"
        time.sleep(pause)
