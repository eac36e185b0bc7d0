"""Making a history whole: in order, once each, evenly spaced, and without holes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from forecast.history.history import WEEK_SECONDS, History, Row, problem
from schemas.problems import SpecError

COARSEST_SECONDS = 900
"""Rates over longer steps hide the peaks that capacity is for."""
MOST_FILLED = 0.2
"""With more of it made up, a history says nothing."""
_LONG_SECONDS = 1800
"""Across a longer hole a straight line is no guess; the same hours of another week are."""
_LEAST_ROWS = 3


@dataclass(slots=True)
class _Repairs:
    """What was mended."""

    said: list[str] = field(default_factory=list)

    def add(self, count: int, one: str, many: str) -> None:
        if count:
            self.said.append(one if count == 1 else many.format(count))


def repaired(name: str, rows: Sequence[Row], *, are_rates: bool) -> History:
    """Return the history of rows, which hold requests per second or, without `are_rates`, requests in each step.

    Raises:
        SpecError: there are too few rows, their distance is too long, or too much is missing.

    """
    if len(rows) < _LEAST_ROWS:
        count = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
        raise SpecError([problem(name, 0, "SW9013", f"the history has {count}, and needs weeks of them.")])
    repairs = _Repairs()
    ordered = sorted(rows, key=lambda row: row.time)
    repairs.add(
        sum(later.time < earlier.time for earlier, later in pairwise(rows)),
        "one line stood out of order.", "{} lines stood out of order.",
    )  # fmt: skip
    step = _step(name, ordered)
    values, phase = _single(ordered, step, repairs, are_rates=are_rates)
    first, last = min(values), max(values)
    # One time of long ago makes more holes than there is room for, so they are counted before they are listed.
    missing = 1 - len(values) / (last + 1 - first)
    if missing > MOST_FILLED:
        begin, end = (datetime.fromtimestamp(row.time, UTC).date() for row in (ordered[0], ordered[-1]))
        message = f"{100 * missing:.0f} % of the history, {begin} to {end}, is missing, "
        message += f"and at most {100 * MOST_FILLED:.0f} % may be."
        hint = "Where nothing came, the history needs lines with 0; a time far from all others is a mistake."
        raise SpecError([problem(name, 0, "SW9014", message, hint)])
    rates = [values.get(place) for place in range(first, last + 1)]
    holes = frozenset(place for place, rate in enumerate(rates) if rate is None)
    _fill(rates, holes, step, repairs)
    divisor = 1 if are_rates else step
    return History(
        name=name,
        start=first * step + phase,
        step_seconds=step,
        rates=[(rate or 0.0) / divisor for rate in rates],
        filled=holes,
        repairs=tuple(repairs.said),
    )


def _step(name: str, rows: Sequence[Row]) -> int:
    """Return the distance between most rows, in whole seconds."""
    distances = Counter(round(later.time - earlier.time) for earlier, later in pairwise(rows))
    del distances[0]
    if not distances:
        hint = "Name the column of times with --columns."
        raise SpecError([problem(name, rows[0].line, "SW9015", "every line has the same time.", hint)])
    step, often = distances.most_common(1)[0]
    if often * 2 < distances.total():
        # Times without a rhythm are those of events; a minute is what monitoring systems count in.
        step = 60
    if step > COARSEST_SECONDS:
        message = f"a line stands for {step // 60} minutes, and may for {COARSEST_SECONDS // 60}."
        hint = "Export the history in steps of a minute."
        raise SpecError([problem(name, rows[0].line, "SW9016", message, hint)])
    return step


def _single(rows: Sequence[Row], step: int, repairs: _Repairs, *, are_rates: bool) -> tuple[dict[int, float], float]:
    """Return a value for each step that has one, and how many seconds after its number a step begins."""
    moments: dict[float, float] = {}
    for row in rows:
        # The greater of two that claim one time: too many replicas cost little, too few cost requests.
        moments[row.time] = max(moments.get(row.time, 0.0), row.value)
    twice = len(rows) - len(moments)
    repairs.add(
        twice, "one time stood twice: the greater value counts.", "{} times stood twice: the greater value counts."
    )
    phase, often = Counter(round(time) % step for time in moments).most_common(1)[0]
    steady = often * 2 >= len(moments)
    values: dict[int, float] = {}
    for time, value in moments.items():
        # Most scrapes stand at one second of their step; those a second off belong to the same one.
        place = round((time - phase) / step) if steady else int(time // step)
        other = values.get(place, 0.0)
        values[place] = max(other, value) if are_rates else other + value
    how = "the greatest counts" if are_rates else "they are added"
    text = f"{{}} lines share a step of {step} s with another: {how}."
    repairs.add(len(moments) - len(values), text.format("one").replace("lines share", "line shares"), text)
    return values, float(phase if steady else 0)


def _fill(rates: list[float | None], holes: frozenset[int], step: int, repairs: _Repairs) -> None:
    """Fill holes in place: short ones with a line between their edges, long ones with another week's hours."""
    week = WEEK_SECONDS // step
    by_line = by_week = 0
    for first, last in _runs(sorted(holes)):
        left, right = rates[first - 1], rates[last + 1]
        is_long = (last - first + 1) * step > _LONG_SECONDS
        for place in range(first, last + 1):
            other = _of_another_week(rates, holes, place, week) if is_long else None
            if other is not None:
                rates[place] = other
                by_week += 1
            else:
                share = (place - first + 1) / (last - first + 2)
                rates[place] = (left or 0.0) * (1 - share) + (right or 0.0) * share
                by_line += 1
    repairs.add(by_line, "one missing step was interpolated.", "{} missing steps were interpolated.")
    repairs.add(by_week, "one missing step is another week's.", "{} missing steps are those of another week.")


def _of_another_week(rates: Sequence[float | None], holes: frozenset[int], place: int, week: int) -> float | None:
    for other in (place - week, place + week):
        if 0 <= other < len(rates) and other not in holes:
            return rates[other]
    return None


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Return first and last of each row of neighbours."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found
