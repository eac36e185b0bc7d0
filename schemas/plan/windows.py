"""A plan's floor as windows of a schedule, for KEDA's cron triggers, of which the greatest counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.plan.model import Plan
from schemas.plan.week import SLOT_SECONDS, WEEK

MOST_WINDOWS = 40
"""Each is a metric of its own that the autoscaler reads at every look."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A count that holds from one time of day to another, on some days."""

    start: int
    """Minutes after midnight."""
    end: int
    """Minutes after the midnight of the day on which it ends."""
    days: tuple[int, ...]
    """The days on which it starts, Monday is 0."""
    days_long: int
    """How many midnights lie within it."""
    replicas: int

    def start_cron(self) -> str:
        """Return the schedule of its starts, in five fields."""
        return _cron(self.start, self.days)

    def end_cron(self) -> str:
        """Return the schedule of its ends, in five fields."""
        return _cron(self.end, tuple((day + self.days_long) % 7 for day in self.days))


def base(plan: Plan, least: int) -> int:
    """Return what holds all week: a window must end, so this is the autoscaler's own minimum; at least `least`."""
    return max(least, min(plan.floor))


def windows(plan: Plan, least: int) -> list[Window]:
    """Return the fewest windows whose greatest count is the plan's floor, wherever it is above `base` of the same.

    They are early by the plan's lead.
    """
    lead = -(-plan.lead_seconds // 60)
    days: dict[tuple[int, int, int, int], list[int]] = {}
    for begin, length, count in _runs(plan.floor, base(plan, least)):
        start = (begin * SLOT_SECONDS // 60 - lead) % (WEEK * SLOT_SECONDS // 60)
        end = start + length * SLOT_SECONDS // 60
        day = start // 1440
        key = (start % 1440, end % 1440, end // 1440 - day, count)
        days.setdefault(key, []).append(day)
    return sorted(
        Window(start, end, tuple(sorted(on)), days_long, count) for (start, end, days_long, count), on in days.items()
    )


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


def _cron(minutes: int, days: Sequence[int]) -> str:
    named = (
        "*" if len(days) == 7 else ",".join(str((day + 1) % 7) for day in sorted(days, key=lambda day: (day + 1) % 7))
    )
    hour, minute = divmod(minutes, 60)
    return f"{minute} {hour} * * {named}"
