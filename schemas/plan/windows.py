"""A plan's floor as windows for KEDA's cron triggers, of which the greatest counts.

A window is open on days of the calendar and not on days of the week: so the plan ends when it expires, and nobody has
to take it away. Cron knows no year, so a plan that is left where it is comes back after one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schemas.model.platform import Environment
from schemas.model.scaling import Scaling
from schemas.plan.model import Plan
from schemas.plan.week import DAYS, SLOT_SECONDS, WEEK

MOST_WINDOWS = 40
"""Each is a metric of its own that the autoscaler reads at every look."""
_WEEK = timedelta(days=len(DAYS))
_SLOT = timedelta(seconds=SLOT_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A count that holds from one time of day to another, on some days of a month."""

    starts: tuple[datetime, ...]
    """By the clocks of the plan's time zone; of one month and one time of day."""
    ends: tuple[datetime, ...]
    """The same, each after its start and before the next one."""
    replicas: int

    @property
    def start_cron(self) -> str:
        """The schedule of its starts, in five fields."""
        return _cron(self.starts)

    @property
    def end_cron(self) -> str:
        """The schedule of its ends, in five fields."""
        return _cron(self.ends)


def is_series(plan: Plan | None, scaling: Scaling, environment: Environment) -> bool:
    """Return whether Prometheus has to hold a plan: it is too fine for windows, or there is no KEDA to hold them."""
    if plan is None:
        return False
    return not environment.has_keda or len(windows(plan, scaling.min)) + len(scaling.schedules) > MOST_WINDOWS


def windows(plan: Plan, least: int) -> list[Window]:
    """Return the windows whose greatest count is the plan's floor wherever it is above `least`, until it expires.

    They are early by the plan's lead. Runs of the week that have their times of day in common share a window, one for
    each month, because cron's days are the same in all months that it names.
    """
    together: dict[tuple[int, time, time, int, int], list[tuple[datetime, datetime]]] = {}
    for start, end, count in sorted(_openings(plan, least)):
        key = (count, start.time(), end.time(), start.month, end.month)
        together.setdefault(key, []).append((start, end))
    found = [
        Window(starts=tuple(one for one, _ in pairs), ends=tuple(one for _, one in pairs), replicas=count)
        for (count, *_), pairs in together.items()
    ]
    return sorted(found, key=lambda window: (window.starts, window.replicas))


def _openings(plan: Plan, least: int) -> Iterator[tuple[datetime, datetime, int]]:
    """Yield from when to when which count holds, from the day on which the plan is made to that of its end."""
    begin, expiry = (datetime.combine(day, time()) for day in (plan.generated, plan.expires))
    early = timedelta(minutes=-(-plan.lead_seconds // 60))
    zone = ZoneInfo(plan.time_zone)
    if min(plan.floor) > least:
        yield _there(begin - early, zone), _there(expiry, zone), min(plan.floor)
    for first, length, count in _runs(plan.floor, least):
        # What began in the week before may still hold.
        start = begin - _WEEK - timedelta(days=begin.weekday()) + first * _SLOT - early
        while start < expiry:
            end = min(start + length * _SLOT, expiry)
            if end > begin - early:
                yield _there(start, zone), _there(end, zone), count
            start += _WEEK


def _there(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return a time by the clocks of a zone as the clocks show it: those that summer time skips come an hour later."""
    return moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0)


def _runs(floor: Sequence[int], least: int) -> Iterator[tuple[int, int, int]]:
    """Yield begin, length and count of each longest run of quarters that need at least some count above `least`.

    Runs lie within each other like steps of a pyramid; of those with the same ends the highest counts.
    """
    for level in sorted({count for count in floor if count > least}):
        for begin, length in _circles(floor, level):
            if min(floor[(begin + place) % WEEK] for place in range(length)) == level:
                yield begin, length, level


def _circles(floor: Sequence[int], level: int) -> Iterator[tuple[int, int]]:
    """Yield begin and length of each run of quarters at or above a level, over the end of the week too."""
    for begin in range(WEEK):
        if floor[begin] >= level > floor[begin - 1]:
            length = 1
            while floor[(begin + length) % WEEK] >= level:
                length += 1
            yield begin, length


def _cron(moments: Sequence[datetime]) -> str:
    first = moments[0]
    days = ",".join(map(str, sorted({moment.day for moment in moments})))
    return f"{first.minute} {first.hour} {days} {first.month} *"
