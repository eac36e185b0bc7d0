"""Windows of the week: when each is open, and how many pods there are at least at which time."""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from schemas.model.scaling import Day, ScalingSchedule

DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = len(DAYS) * _DAY_MINUTES


class Span(NamedTuple):
    """A part of the week with the same number of pods at least; minutes count from Monday's midnight."""

    start: int
    end: int
    pods: int
    windows: tuple[str, ...]
    """The names of the windows that are open."""

    @property
    def clocks(self) -> tuple[str, str]:
        """When it begins and when it ends, such as `fri 16:00` and `fri 23:00`."""
        return _clock(self.start), _clock(self.end)

    @property
    def text(self) -> str:
        """When it is, such as `fri 16:00 to fri 23:00`."""
        return " to ".join(self.clocks)


def crons(schedule: ScalingSchedule) -> tuple[str, str]:
    """Return the cron schedules of a window's opening and closing, in its own time zone."""
    opens = [_day_of_cron(day) for day in DAYS if day in schedule.days]
    closes = [(number + _runs_over(schedule)) % len(DAYS) for number in opens]
    return _cron(schedule.from_, opens), _cron(schedule.to, closes)


def week(schedules: Mapping[str, ScalingSchedule], fewest: int) -> list[Span]:
    """Return the week in the windows' own local time, from Monday, in spans within which the number stays the same.

    The windows are taken for ones of the same time zone. Where several are open, the most pods count.
    """
    edges = {0, _WEEK_MINUTES}
    opened = {name: _spans(schedule) for name, schedule in sorted(schedules.items())}
    for spans in opened.values():
        edges |= {edge for span in spans for edge in span}
    bounds = sorted(edges)
    found: list[Span] = []
    for start, end in pairwise(bounds):
        names = tuple(name for name, spans in opened.items() if any(a <= start < b for a, b in spans))
        pods = max([fewest, *(schedules[name].min for name in names)])
        if found and found[-1][2:] == (pods, names):
            found[-1] = found[-1]._replace(end=end)
        else:
            found.append(Span(start, end, pods, names))
    return found


def _spans(schedule: ScalingSchedule) -> list[tuple[int, int]]:
    """Return when a window is open, in minutes of the week; one that runs past Sunday's end goes on on Monday."""
    spans = []
    for day in schedule.days:
        start = DAYS.index(day) * _DAY_MINUTES + minutes(schedule.from_)
        end = (DAYS.index(day) + _runs_over(schedule)) * _DAY_MINUTES + minutes(schedule.to)
        spans += [(start, min(end, _WEEK_MINUTES)), *([(0, end - _WEEK_MINUTES)] if end > _WEEK_MINUTES else [])]
    return spans


def minutes(clock: str) -> int:
    """Return the minutes of a day from midnight to a time such as `16:00`."""
    hours, _, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)


def _runs_over(schedule: ScalingSchedule) -> int:
    return int(minutes(schedule.to) <= minutes(schedule.from_))


def _day_of_cron(day: Day) -> int:
    """Return the number that cron gives a day: Sunday is 0."""
    return (DAYS.index(day) + 1) % len(DAYS)


def _cron(clock: str, days: list[int]) -> str:
    hours, _, rest = clock.partition(":")
    return f"{int(rest)} {int(hours)} * * {','.join(map(str, sorted(days)))}"


def _clock(minute: int) -> str:
    day, rest = divmod(minute, _DAY_MINUTES)
    return f"{DAYS[day % len(DAYS)]} {rest // 60:02}:{rest % 60:02}"
