"""A plan's floor as windows for KEDA's cron triggers, of which the greatest counts.

A window is open on days of the calendar and not on days of the week: so the plan ends when it expires, and nobody has
to take it away. Cron knows no year, so a plan that is left where it is comes back after one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from schemas.model.platform import Environment
from schemas.model.scaling import Scaling
from schemas.plan.model import Plan
from schemas.plan.week import DAYS, SLOT_SECONDS, WEEK

MOST_WINDOWS = 40
"""Each is a metric of its own that the autoscaler reads at every look."""
_WEEK = timedelta(days=len(DAYS))
_SLOT = timedelta(seconds=SLOT_SECONDS)
_MINUTE = timedelta(minutes=1)


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
    return not environment.has_keda or window_count(plan, scaling) > MOST_WINDOWS


def window_count(plan: Plan, scaling: Scaling) -> int:
    """Return how many windows an autoscaler would ask KEDA for: those of a plan, and those of its schedules."""
    return len(windows(plan, scaling.min)) + len(scaling.schedules)


@lru_cache(maxsize=256)
def windows(plan: Plan, least: int) -> tuple[Window, ...]:
    """Return the windows whose greatest count is the plan's floor wherever it is above `least`, until it expires.

    They are early by the plan's lead. Runs of the week that have their times of day in common share a window, one for
    each month, because cron's days are the same in all months that it names. Rules and builders ask several times for
    each service, and a fine plan takes a hundredth of a second, so what was found is remembered.
    """
    together: dict[tuple[int, time, time, int, int], list[tuple[datetime, datetime]]] = {}
    for start, end, count in sorted(_openings(plan, least)):
        key = (count, start.time(), end.time(), start.month, end.month)
        together.setdefault(key, []).append((start, end))
    found = [
        Window(starts=tuple(one for one, _ in pairs), ends=tuple(one for _, one in pairs), replicas=count)
        for (count, *_), pairs in together.items()
    ]
    return tuple(sorted(found, key=lambda window: (window.starts, window.replicas)))


def _openings(plan: Plan, least: int) -> Iterator[tuple[datetime, datetime, int]]:
    """Yield from when to when which count holds, from the day on which the plan is made to that of its end."""
    zone = ZoneInfo(plan.time_zone)
    early = timedelta(minutes=-(-plan.lead_seconds // 60))
    begin, expiry = (_first(datetime.combine(day, time()), zone) for day in (plan.generated, plan.expires))
    if min(plan.floor) > least:
        yield *_shown(begin - early, expiry, zone), min(plan.floor)
    # What began in the week before may still hold.
    monday = datetime.combine(plan.generated, time()) - timedelta(days=plan.generated.weekday()) - _WEEK
    for first, length, count in _runs(plan.floor, least):
        start = monday + first * _SLOT
        while (opens := _first(start, zone) - early) < expiry:
            closes = min(_end(start + length * _SLOT, zone) - early, expiry)
            # Summer time skips some windows whole.
            if closes > max(opens, begin - early):
                yield *_shown(opens, closes, zone), count
            start += _WEEK


def _first(shown: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment in UTC at which the clocks of a zone first show a time, or a later one if they skip it."""
    before, after = _offsets(shown.replace(tzinfo=zone))
    moment = (shown - before).replace(tzinfo=UTC)
    if before < after:
        # The time is skipped; all of the last step, to the minute, is past the moment at which the clocks are set.
        while moment.astimezone(zone).utcoffset() == after:
            moment -= _MINUTE
        moment += _MINUTE
    return moment


def _end(shown: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment in UTC at which what lasts until a time ends: the second one if what is before comes twice."""
    before, after = _offsets((shown - _MINUTE).replace(tzinfo=zone))
    return (shown - after).replace(tzinfo=UTC) if before > after else _first(shown, zone)


def _offsets(shown: datetime) -> tuple[timedelta, timedelta]:
    """Return the offsets from UTC that go with a time on a zone's clocks: two, where it is skipped or comes twice."""
    before, after = (shown.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return before, after


def _shown(opens: datetime, closes: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return what the clocks of a zone show when a window opens, or a little earlier, and when it closes.

    KEDA takes a window for open while it closes next before it opens next. At the first of two moments that look alike
    it would not open yet; and what closes in the next year too, but does not open then, would stay open all the while:
    what opens on 29 February, or in the hour that is skipped then. It opens earlier, at a time without this.
    Source: https://github.com/kedacore/keda/blob/v2.21.0/pkg/scalers/cron_scaler.go
    """
    start, end = (moment.astimezone(zone) for moment in (opens, closes))
    while _is_first_of_two(start) or (_comes_next_year(end) and not _comes_next_year(start)):
        opens -= _MINUTE
        start = opens.astimezone(zone)
    return start.replace(tzinfo=None, fold=0), end.replace(tzinfo=None, fold=0)


def _is_first_of_two(shown: datetime) -> bool:
    before, after = _offsets(shown)
    return before > after and shown.fold == 0


def _comes_next_year(shown: datetime) -> bool:
    try:
        before, after = _offsets(shown.replace(year=shown.year + 1))
    except ValueError:
        return False
    return before >= after


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
