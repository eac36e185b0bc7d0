"""Reading a history from a file."""

import gzip
import zlib
from pathlib import Path

from forecast.history import json_text, table
from forecast.history.history import History, Row, problem
from forecast.history.repair import repaired
from forecast.history.times import known_zone
from forecast.history.values import CORES
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
    if _is_json(text):
        rows, rates = json_text.rows_of(name, text, default)
    else:
        rows, rates = table.rows_of(name, text, default, columns), False
    return repaired(name, rows, are_rates=rates if are_rates is None else are_rates)


def read_cores(
    file: Path, *, time_zone: str = "UTC", columns: tuple[str | None, str | None] = (None, None)
) -> list[Row]:
    """Return how many cores were in use at which time, as a file tells it beside the requests; no rows if it does not.

    `columns` names those of the time and of the cores; see `read` for the rest.

    Raises:
        SpecError: with every line that is wrong, or what is wrong with the file.

    """
    return parsed_cores(str(file), _text(file), time_zone=time_zone, columns=columns)


def parsed_cores(
    name: str, text: str, *, time_zone: str = "UTC", columns: tuple[str | None, str | None] = (None, None)
) -> list[Row]:
    """Return the cores of text; see `read_cores`."""
    default = known_zone(time_zone)
    if not _is_json(text):
        return table.rows_of(name, text, default, columns, CORES)
    rows, is_of_prometheus = json_text.rows_of(name, text, default, CORES)
    # Its answer is one series, and that is the requests.
    return [] if is_of_prometheus else rows


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("[", "{")


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
