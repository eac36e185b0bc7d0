"""Showing that something is going on, to a person who has waited a while."""

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import TypeVar

PATIENCE_SECONDS = 2.0
"""How long nothing is shown: what is over by then needs no comfort."""

Item = TypeVar("Item")


class _Line:
    """The last line of a terminal, which comes when a person's patience ends, and goes with what it tells of."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._text = ""
        self._shown = False
        self._timer = threading.Timer(PATIENCE_SECONDS, self._come)
        self._timer.daemon = True
        self._timer.start()

    def say(self, text: str) -> None:
        """Show another text, or keep it until it is time."""
        with self._lock:
            self._text = text
            if self._shown:
                self._write(text)

    def go(self) -> None:
        """Leave no trace."""
        self._timer.cancel()
        # What was about to come has come by then, or never does.
        self._timer.join()
        if self._shown:
            self._write("")

    def _come(self) -> None:
        with self._lock:
            self._shown = True
            self._write(self._text)

    @staticmethod
    def _write(text: str) -> None:
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def watched(items: Sequence[Item], verb: str) -> Iterator[Item]:
    """Yield items; on a terminal, once it takes a while, a line of the error stream says how far it is."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield from items
        return
    line = _Line()
    try:
        for number, item in enumerate(items, 1):
            line.say(f"{verb} {number} of {len(items)}: {item}")
            yield item
    finally:
        line.go()
