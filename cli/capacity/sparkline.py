"""A row of numbers as a row of bars."""

import os
import sys
from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"
_PLAIN = "_.-=*#%@"


def is_plain() -> bool:
    """Return whether standard output goes to where bars cannot be drawn."""
    return os.environ.get("TERM") == "dumb" or not (sys.stdout.encoding or "").lower().startswith("utf")


def sparkline(values: Sequence[float], width: int, most: float, *, plain: bool = False) -> str:
    """Return the greatest of each part of the values as a bar; `most` is the highest bar's value."""
    bars = _PLAIN if plain else _BARS
    width = min(width, len(values)) or 1
    parts = [values[len(values) * place // width : len(values) * (place + 1) // width] for place in range(width)]
    return "".join(bars[min(len(bars) - 1, int(max(part) / most * len(bars)))] if most else bars[0] for part in parts)
