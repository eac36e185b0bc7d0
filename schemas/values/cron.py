"""Cron schedules, as Kubernetes reads them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_DAYS = {name: number for number, name in enumerate(_DAY_NAMES)}
_LONGEST = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
"""The most days that a month can have."""


@dataclass(frozen=True, slots=True)
class Field:
    """One of the five fields: what it counts, from where to where, and the names that it knows."""

    name: str
    least: int
    most: int
    names: dict[str, int]


FIELDS = (
    Field("minute", 0, 59, {}),
    Field("hour", 0, 23, {}),
    Field("day of the month", 1, 31, {}),
    Field("month", 1, 12, _MONTHS),
    Field("day of the week", 0, 6, _DAYS),
)

_PART = re.compile(r"^(\*|\?|[a-zA-Z0-9]+)(?:-([a-zA-Z0-9]+))?(?:/([0-9]+))?$")


def mistakes(schedule: str) -> Iterator[str]:
    """Yield what is wrong with each field of a schedule of five fields, as the end of a sentence.

    Source: https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format
    """
    for field, text in zip(FIELDS, schedule.split(), strict=True):
        for part in text.split(","):
            try:
                _values(field, part)
            except ValueError as error:
                yield str(error)


def never(schedule: str) -> bool:
    """Return whether a schedule without mistakes names only days that no month has.

    With a day of the week beside it, a day of the month is only one of two reasons to run.
    """
    day, month, weekday = schedule.split()[2:]
    if not _is_star(weekday):
        return False
    days, months = (
        [value for part in text.split(",") for value in _values(field, part)]
        for field, text in ((FIELDS[2], day), (FIELDS[3], month))
    )
    return min(days) > max(_LONGEST[number] for number in months)


def _is_star(text: str) -> bool:
    """Return whether a field says nothing: a star with a step says something."""
    return any(part in ("*", "?", "*/1", "?/1") for part in text.split(","))


def _values(field: Field, part: str) -> list[int]:
    """Return the values that one part of a field names.

    Raises:
        ValueError: saying what is wrong.

    """
    found = _PART.match(part)
    if found is None:
        raise ValueError(f"`{part}` is no {field.name}; write `*`, a number, `1-5`, `*/10`, or several with commas.")
    low, high, step = found.groups()
    if low in ("*", "?"):
        if high is not None:
            raise ValueError(f"`{part}` is a range from a star.")
        first, last = field.least, field.most
    else:
        first = _number(field, low)
        # A number with a step starts a range to the end.
        last = _number(field, high) if high is not None else field.most if step is not None else first
    if first > last:
        raise ValueError(f"the {field.name} range `{part}` ends before it begins.")
    if step is not None and int(step) == 0:
        raise ValueError(f"the step of `{part}` is 0.")
    return list(range(first, last + 1, int(step or 1)))


def _number(field: Field, text: str) -> int:
    if text.lower() in field.names:
        return field.names[text.lower()]
    if not text.isdigit():
        raise ValueError(f"`{text}` is no {field.name}.")
    number = int(text)
    if not field.least <= number <= field.most:
        sunday = " Sunday is 0." if field.names is _DAYS and number == 7 else ""
        raise ValueError(f"{number} is no {field.name}: it is from {field.least} to {field.most}.{sunday}")
    return number
