"""Showing that something is going on, to a person who has waited a while."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

PATIENCE_SECONDS = 2.0
"""How long nothing is shown: what is over by then needs no comfort."""

Item = TypeVar("Item")


def watched(items: Sequence[Item], verb: str) -> Iterator[Item]:
    """Yield items; on a terminal, once it takes a while, a line of the error stream says how far it is."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield from items
        return
    begun = time.monotonic()
    shown = False
    for number, item in enumerate(items, 1):
        if time.monotonic() - begun > PATIENCE_SECONDS:
            shown = True
            print(f"\r\033[K{verb} {number} of {len(items)}: {item}", end="", file=sys.stderr, flush=True)
        yield item
    if shown:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
