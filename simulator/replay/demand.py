"""Demand over time, and what a monitoring system knows of it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise


@dataclass(frozen=True, slots=True)
class Demand:
    """Requests per second in steps of equal length."""

    start: float
    """Seconds since 1970 at which the first step begins."""
    step_seconds: int
    rates: Sequence[float]
    """Requests per second."""

    @property
    def end(self) -> float:
        """Seconds since 1970 at which the last step ends."""
        return self.start + self.step_seconds * len(self.rates)

    def moments(self, every: float) -> list[float]:
        """Return the moments at which a controller looks, from the start to before the end."""
        return [self.start + every * number for number in range(int((self.end - self.start) // every))]

    def at(self, moments: Sequence[float]) -> list[float]:
        """Return the rate at each moment; before the start and after the end the nearest step counts."""
        last = len(self.rates) - 1
        return [self.rates[min(last, max(0, int((moment - self.start) // self.step_seconds)))] for moment in moments]

    def measured(self, moments: Sequence[float], window: float, lag: float) -> list[float]:
        """Return the mean rate over a window that ended `lag` seconds before each moment, all in seconds."""
        totals = [0.0, *accumulate(rate * self.step_seconds for rate in self.rates)]

        def until(moment: float) -> float:
            steps = (moment - self.start) / self.step_seconds
            if steps <= 0:
                return steps * self.step_seconds * self.rates[0]
            whole = min(int(steps), len(self.rates))
            beyond = (steps - whole) * self.step_seconds * self.rates[min(whole, len(self.rates) - 1)]
            return totals[whole] + beyond

        return [(until(moment - lag) - until(moment - lag - window)) / window for moment in moments]

    def part(self, first: float, last: float) -> "Demand":
        """Return the steps between two moments, both in seconds since 1970."""
        begin = max(0, int((first - self.start) // self.step_seconds))
        end = max(begin, int((last - self.start) // self.step_seconds))
        return Demand(self.start + begin * self.step_seconds, self.step_seconds, self.rates[begin:end])


@dataclass(frozen=True, slots=True)
class Steps:
    """A count that changes at given moments: a floor, or the windows of a schedule."""

    times: Sequence[float]
    """Seconds since 1970, rising."""
    values: Sequence[int]
    """The count from each of these moments on; before the first it is 0."""

    def at(self, moments: Sequence[float]) -> list[int]:
        """Return the count at each of the moments, which rise."""
        ends = [bisect_left(moments, time) for time in self.times]
        found = [0] * (ends[0] if ends else len(moments))
        for value, (begin, end) in zip(self.values, pairwise([*ends, len(moments)]), strict=True):
            found += [value] * (end - begin)
        return found
