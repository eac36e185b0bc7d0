"""The replay of totals that each replica has its share of, which readiness does not touch: a quick form of the same.

It decides what `simulator.hpa.decision` decides, at a hundredth of the cost; a property test holds the two together.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.hpa.limits import within_rates
from simulator.hpa.memory import Memory, calm_seconds
from simulator.hpa.settings import Behavior, Controller, Metric, Settings, tolerances


@dataclass(frozen=True, slots=True)
class Total:
    """A metric of which each replica has its share, at every look of the controller."""

    target: int
    """Thousandths for each replica."""
    values: Sequence[int]
    """Thousandths, a look each."""


def is_swift(settings: Settings) -> bool:
    """Return whether the quick form knows such an autoscaler."""
    return settings.min > 0 and settings.behavior is not None and all(map(_is_total, settings.metrics))


def _is_total(metric: Metric) -> bool:
    return metric.source == "External" and metric.target == "AverageValue"


def replicas(settings: Settings, controller: Controller, totals: Sequence[Total], first: int) -> list[int]:
    """Return the count of replicas after each look, when there were `first` before, between min and max."""
    behavior = settings.behavior
    if behavior is None:
        raise ValueError("the quick form needs a behavior")
    near = tolerances(settings, controller)
    least, most = 1.0 - near.down, 1.0 + near.up
    held = _Held(settings, behavior, controller, first)
    after = held.after
    found: list[int] = []
    add = found.append
    current = first
    asks = [(one.target, one.values, [math.ceil(value / one.target) for value in one.values]) for one in totals]
    (target, values, counts), *others = asks
    for number, (value, count) in enumerate(zip(values, counts, strict=True)):
        wanted = current if least <= value / (target * current) <= most else count
        for other, other_values, other_counts in others:
            # What asks for no more than is wanted may still hold the count where it is.
            if other_counts[number] > wanted or current > wanted:
                near_enough = least <= other_values[number] / (other * current) <= most
                wanted = max(wanted, current if near_enough else other_counts[number])
        current = after(number, current, wanted)
        add(current)
    return found


class _Held:
    """Stabilization and rates at equal distances of time, with the windows' extremes at hand."""

    def __init__(self, settings: Settings, behavior: Behavior, controller: Controller, first: int) -> None:
        self._settings, self._behavior = settings, behavior
        self._every = controller.sync_seconds
        rise, calm = behavior.up.stabilization_seconds or 0, calm_seconds(behavior, controller)
        self._rises, self._calms = rise > 0, calm > 0
        self._rise, self._calm = _looks(rise, self._every), _looks(calm, self._every)
        self._lows: deque[tuple[int, int]] = deque([(0, first)])
        self._highs: deque[tuple[int, int]] = deque([(0, first)])
        self._memory = Memory()

    def after(self, number: int, current: int, wanted: int) -> int:
        """Return the count after a look at which the metrics ask for `wanted`."""
        low, high = wanted, wanted
        lows, highs = self._lows, self._highs
        if self._rises:
            while lows and lows[0][0] < number - self._rise:
                lows.popleft()
            low = min(wanted, lows[0][1]) if lows else wanted
            while lows and lows[-1][1] >= wanted:
                lows.pop()
            lows.append((number, wanted))
        while highs and highs[0][0] < number - self._calm:
            highs.popleft()
        if highs and self._calms:
            high = max(wanted, highs[0][1])
        while highs and highs[-1][1] <= wanted:
            highs.pop()
        highs.append((number, wanted))
        held = min(max(current, low), high)
        if held == current:
            return current
        now = number * self._every
        count = within_rates(self._settings, self._behavior, self._memory, current, held, now)
        if count != current:
            self._memory = self._memory.moved(current, count, now, self._behavior)
        return count


def _looks(window: float, every: float) -> int:
    """Return how many looks back a window reaches; what is as old as the window has left it."""
    return max(0, math.ceil(window / every) - 1)
