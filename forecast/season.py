"""The week as a season: its quarters of an hour, and the peaks of demand in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from schemas.plan.week import EPOCH, SLOT_SECONDS, WEEK
from simulator.replay.demand import Demand, Steps


@dataclass(frozen=True, slots=True)
class Series:
    """The greatest demand in each quarter of an hour, as clocks on the wall count them."""

    first: int
    """The first quarter's number since 1970, by the wall clock."""
    peaks: Sequence[float]
    """Requests per second."""

    def before(self, slot: int) -> "Series":
        """Return what comes before a quarter."""
        return Series(self.first, self.peaks[: max(0, slot - self.first)])

    def week(self, slot: int) -> list[float]:
        """Return the peaks of the week that begins at a quarter."""
        begin = slot - self.first
        return list(self.peaks[begin : begin + WEEK])

    @property
    def end(self) -> int:
        """The number of the quarter after the last one."""
        return self.first + len(self.peaks)


def series(demand: Demand, zone: tzinfo) -> Series:
    """Return the peaks of a demand; a quarter that summer time skips has its neighbour's.

    The mean of a minute is what a replica feels, and the greatest of them is what capacity is for; the mean of a
    quarter hides it.
    """
    found: dict[int, float] = {}
    for number, rate in enumerate(demand.rates):
        slot = wall_slot(demand.start + number * demand.step_seconds, zone)
        if rate > found.get(slot, -1.0):
            found[slot] = rate
    peaks: list[float] = []
    for slot in range(min(found), max(found) + 1):
        peaks.append(found.get(slot, peaks[-1] if peaks else 0.0))
    return Series(min(found), peaks)


def wall_slot(moment: float, zone: tzinfo) -> int:
    """Return the number of the quarter of an hour in which a moment is, by the wall clock."""
    slot = int(moment // SLOT_SECONDS)
    return slot + _offset(slot, zone) // SLOT_SECONDS


@lru_cache(maxsize=1 << 16)
def _offset(slot: int, zone: tzinfo) -> int:
    offset = datetime.fromtimestamp(slot * SLOT_SECONDS, UTC).astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def of_week(slot: int) -> int:
    """Return which quarter of its week a quarter is; Monday's midnight is 0."""
    return (slot + EPOCH) % WEEK


def by_week(values: Sequence[float], first: int) -> list[float]:
    """Return a week of values, which begins at a quarter, from Monday on."""
    turn = of_week(first)
    return [values[(slot - turn) % WEEK] for slot in range(WEEK)]


def steps(floor: Sequence[int], zone: tzinfo, begin: float, end: float, lead_seconds: float) -> Steps:
    """Return a floor by quarter of the week as counts from one moment to another, each early by a lead."""
    first, last = int(begin // SLOT_SECONDS), int((end + lead_seconds) // SLOT_SECONDS)
    slots = range(first, last + 1)
    values = [floor[of_week(wall_slot(slot * SLOT_SECONDS, zone))] for slot in slots]
    return Steps([slot * SLOT_SECONDS - lead_seconds for slot in slots], values)
