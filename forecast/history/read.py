"""Reading a history from a file."""

import gzip
import zlib
from pathlib import Path

from forecast.history import json_text, table
from forecast.history.history import History, problem
from forecast.history.repair import repaired
from forecast.history.times import known_zone
from schemas.problems import SpecError
from schemas.text.disk import contents

MAX_BYTES = 1 << 28
"""A year of minutes is 20 MB."""


def read(
    file: Path,
    *,
    time_zone: str = "UTC",
    columns: tuple[str | None, str | None] = (None, None),
    are_rates: bool | None = None,
) -> History:
    """Return the history of a file: CSV or JSON, packed by gzip or not.

    `time_zone` is that of times without an offset; `columns` names those of the time and the value; `are_rates` says
    whether values are requests per second, else they are counts, except what Prometheus answered.

    Raises:
        SpecError: with every line that is wrong, or what is wrong with the file.

    """
    return parsed(str(file), _text(file), time_zone=time_zone, columns=columns, are_rates=are_rates)


def parsed(
    name: str,
    text: str,
    *,
    time_zone: str = "UTC",
    columns: tuple[str | None, str | None] = (None, None),
    are_rates: bool | None = None,
) -> History:
    """Return the history of text; see `read`."""
    default = known_zone(time_zone)
    if text.lstrip()[:1] in ("[", "{"):
        rows, rates = json_text.rows_of(name, text, default)
    else:
        rows, rates = table.rows_of(name, text, default, columns), False
    return repaired(name, rows, are_rates=rates if are_rates is None else are_rates)


def _text(file: Path) -> str:
    try:
        data = contents(file, MAX_BYTES + 1)
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise SpecError([problem(str(file), 0, "SW9001", "the file begins like gzip and is none.")]) from None
    except OSError as error:
        message = f"the history cannot be read: {error.strerror or 'this is no file'}."
        raise SpecError([problem(str(file), 0, "SW9001", message)]) from None
    if len(data) > MAX_BYTES:
        raise SpecError([problem(str(file), 0, "SW9001", "the history is larger than 256 MiB.")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SpecError([problem(str(file), 0, "SW9001", "the history is not UTF-8 text.")]) from None
