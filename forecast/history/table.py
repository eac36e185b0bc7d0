"""Histories as tables: text with a time and a value a line."""

import csv
from collections.abc import Iterable, Sequence
from datetime import tzinfo

from forecast.history.history import Row, problem
from forecast.history.times import Clock, NoTimeError, NoZoneError
from forecast.history.values import REQUESTS, Amount, NoValueError, is_blank, number, short
from schemas.problems import Problem, SpecError, nearest_or_all

TIMES = ("timestamp", "time", "datetime", "date", "ts", "@timestamp", "minute", "hour")
MOST_TOLD = 20
"""How many wrong lines are told one by one; a file that is another one has as many as it has lines."""


def rows_of(
    name: str,
    text: str,
    default: tzinfo,
    columns: tuple[str | None, str | None] = (None, None),
    of: Amount = REQUESTS,
) -> list[Row]:
    """Return the rows of a table; `columns` names those of the time and of the value, where the header does not tell.

    A table that lacks an optional amount has no rows of it.

    Raises:
        SpecError: with every line whose time or value is none.

    """
    lines = text.splitlines()
    delimiter = max(",;\t", key=(lines[0] if lines else "").count)
    cells = _cells(name, csv.reader(lines, delimiter=delimiter))
    if not cells:
        raise SpecError([problem(name, 0, "SW9005", "the history is empty.")])
    header = cells[0][1] if not _is_data(cells[0][1], default) else None
    places = _places(name, header, columns, len(cells[0][1]), of)
    if places is None:
        return []
    found, problems = _read(name, cells[1:] if header else cells, places, Clock(default), of)
    if problems:
        raise SpecError(told(name, problems))
    return found


def _cells(name: str, reader: Iterable[list[str]]) -> list[tuple[int, list[str]]]:
    """Return the rows that are not blank, with their numbers."""
    found: list[tuple[int, list[str]]] = []
    line = 0
    try:
        for line, row in enumerate(reader, 1):
            found.append((line, row))
    except csv.Error:
        # What is quoted may go on over lines, but not for as long as no reader would hold it.
        message = "a quote opens here, and closes nowhere near."
        raise SpecError([problem(name, line + 1, "SW9007", message, "Close it, or leave it out.")]) from None
    return [(line, row) for line, row in found if any(row)]


def told(name: str, problems: Sequence[Problem]) -> list[Problem]:
    """Return the first problems, and how many more there are."""
    more = len(problems) - MOST_TOLD
    rest = [problem(name, 0, "SW9008", f"{more} more lines are wrong.")] if more > 0 else []
    return [*problems[:MOST_TOLD], *rest]


def _is_data(row: Sequence[str], default: tzinfo) -> bool:
    """Return whether a row holds a time, so that it is no header."""
    for cell in row:
        try:
            Clock(default).read(cell)
        except (NoTimeError, NoZoneError):
            continue
        return True
    return False


def _places(
    name: str, header: Sequence[str] | None, columns: tuple[str | None, str | None], width: int, of: Amount
) -> tuple[int, int] | None:
    """Return which columns hold the time and the value: those that were named, those that sound so, the first two.

    A column of an optional amount is not guessed.
    """
    names = [cell.strip().lower() for cell in header or ()]
    found: list[int | None] = []
    for asked, usual in zip(columns, (TIMES, of.columns), strict=True):
        if asked is not None and asked.lower() not in names:
            near = nearest_or_all(asked, header or ())
            message = f"the history has no column `{asked}`.{near}"
            raise SpecError([problem(name, 1, "SW9006", message)])
        wanted = (asked.lower(),) if asked is not None else usual
        found.append(next((names.index(one) for one in wanted if one in names), None))
    time, value = found
    if value is None and of.is_optional:
        return None
    if time is None:
        time = 0 if value != 0 else 1
    if value is None:
        value = 1 if time != 1 else 0
    if max(time, value) >= width:
        message = "a line must hold a time and a value, with a comma, a semicolon or a tab between them."
        raise SpecError([problem(name, 1, "SW9007", message)])
    return time, value


def _read(
    name: str, cells: Sequence[tuple[int, Sequence[str]]], places: tuple[int, int], clock: Clock, of: Amount
) -> tuple[list[Row], list[Problem]]:
    time_at, value_at = places
    found: list[Row] = []
    problems: list[Problem] = []
    for line, row in cells:
        time, value = (row[place] if place < len(row) else "" for place in (time_at, value_at))
        if of.is_optional and is_blank(value):
            continue
        try:
            found.append(Row(time=clock.read(time), value=number(value, of), line=line))
        except (NoTimeError, NoZoneError, NoValueError) as error:
            problems.append(wrong(name, line, time, error, of))
    return found, problems


def wrong(name: str, line: int, time: object, error: ValueError, of: Amount) -> Problem:
    """Return what is wrong with a time or a value at a line."""
    if isinstance(error, NoZoneError):
        hint = "Use a name such as `Europe/Berlin`, or an offset such as `+01:00`."
        return problem(name, line, "SW9004", f"there is no time zone `{short(error)}`.", hint)
    if isinstance(error, NoTimeError):
        hint = "Write `2026-03-01T12:00:00Z`, or seconds since 1970."
        return problem(name, line, "SW9002", f"`{short(time)}` is no time.", hint)
    return problem(name, line, "SW9003", str(error), of.without)
