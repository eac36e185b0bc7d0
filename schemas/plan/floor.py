"""A plan's floor: by day and time of day as people read it, and by quarter of the week as machines do."""

from collections.abc import Mapping, Sequence

from schemas.plan.week import DAY, DAYS, SLOT_SECONDS

Days = Mapping[str, Mapping[str, int]]
"""By day, the count from each time of day on."""


def by_day(slots: Sequence[int]) -> dict[str, dict[str, int]]:
    """Return the floor of each day as the counts that change, from midnight on."""
    found: dict[str, dict[str, int]] = {}
    for number, day in enumerate(DAYS):
        counts = slots[number * DAY : (number + 1) * DAY]
        found[day] = {
            time_of(slot): count for slot, count in enumerate(counts) if slot == 0 or count != counts[slot - 1]
        }
    return found


def by_slot(days: Days) -> list[int]:
    """Return the floor of each quarter of an hour of a week that begins on Monday."""
    found: list[int] = []
    for day in DAYS:
        counts = {slot_of(time): count for time, count in days[day].items()}
        current = 0
        for slot in range(DAY):
            current = counts.get(slot, current)
            found.append(current)
    return found


def time_of(slot: int) -> str:
    """Return the time of day at which a quarter of an hour begins."""
    return f"{slot * SLOT_SECONDS // 3600 % 24:02}:{slot * SLOT_SECONDS // 60 % 60:02}"


def slot_of(time: str) -> int:
    """Return which quarter of its day begins at a time such as `07:30`."""
    hours, minutes = time.split(":")
    return (int(hours) * 3600 + int(minutes) * 60) // SLOT_SECONDS
