"""Whose this machine is: there is one bridge and one set of ports, so one sandbox runs here."""

import contextlib
from pathlib import Path

from sandbox.layout import RUN, Layout

MARK = RUN.with_name("stackwright.owner")
"""Names the folder of the sandbox that has this machine's bridge and ports."""


def owner() -> Path | None:
    """Return the folder of the sandbox that has this machine, or nothing."""
    with contextlib.suppress(FileNotFoundError):
        return Path(MARK.read_text())
    return None


def take(layout: Layout) -> None:
    """Take this machine for a sandbox."""
    MARK.write_text(str(layout.root))


def release(layout: Layout) -> None:
    """Give this machine back, if the sandbox has it."""
    if owner() == layout.root:
        MARK.unlink()
