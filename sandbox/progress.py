"""Telling what is done and how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

_console = Console(stderr=True, highlight=False)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Show a step while it runs: a spinner on a terminal, elsewhere a line at its start; then its time."""
    started = time.monotonic()
    if _console.is_terminal:
        with _console.status(what):
            yield
    else:
        print(f"· {what} …", file=sys.stderr, flush=True)
        yield
    took = time.monotonic() - started
    _console.print(f"[green]✓[/] {what} [dim]({took:.1f} s)[/]", soft_wrap=True)


def note(what: str) -> None:
    """Show one line."""
    _console.print(what, soft_wrap=True)
