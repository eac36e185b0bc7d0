"""Plans tried on weeks that were: each is made of what came before a week, and replayed on it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from forecast.models import foreseen, foreseen_by
from forecast.season import Series, by_week, series, steps
from forecast.wish import Wish
from schemas.plan.week import SLOT_SECONDS, WEEK
from simulator.replay.demand import Demand
from simulator.replay.replay import replayed_on
from simulator.replay.scaler import Stage, stage
from simulator.replay.workload import Outcome, tally

MOST_FOLDS = 3
"""Older weeks say less of the next one."""


class Choice(NamedTuple):
    """A model and how its week is smoothed."""

    model: str
    smoothing: int

    def __str__(self) -> str:
        """Return the choice as a person says it."""
        return f"{self.model}, smoothed" if self.smoothing else self.model


@dataclass(frozen=True, slots=True)
class Fold:
    """A week to judge by, and what was known before it."""

    past: Series
    first: int
    """The number of the week's first quarter, by the wall clock."""
    actual: Sequence[float]
    """Its peaks, requests per second, in its own order."""
    stage: Stage
    begin: float
    end: float


def folds(demand: Demand, wish: Wish, most: int = MOST_FOLDS) -> list[Fold]:
    """Return the last weeks of a demand, the oldest first; each has at least a week before it."""
    whole = series(demand, wish.zone)
    found = []
    for back in range(min(most, len(whole.peaks) // WEEK - 1), 0, -1):
        first = whole.end - back * WEEK
        end = demand.end - (back - 1) * WEEK * SLOT_SECONDS
        begin = end - WEEK * SLOT_SECONDS
        laid = stage(demand.part(begin, end), wish.workload, wish.controller.sync_seconds)
        found.append(Fold(whole.before(first), first, whole.week(first), laid, begin, end))
    return found


def floor_of(week: Sequence[float], margin: float, wish: Wish) -> list[int]:
    """Return how many replicas each quarter of a week needs, from a forecast of its peaks and a margin."""
    each = wish.workload.capacity * wish.target_percent / 100.0
    # Of 2.0000000001 replicas the last tenth of a billionth is arithmetic.
    needed = (math.ceil(peak * margin / each - 1e-9) for peak in week)
    return [min(max(count, wish.min), wish.max) for count in needed]


@dataclass(slots=True)
class Bench:
    """The weeks to judge by, with what was computed on them already."""

    wish: Wish
    folds: Sequence[Fold]
    _weeks: dict[tuple[Choice, int], list[float]] = field(default_factory=dict)
    _single: dict[tuple[str, int], Any] = field(default_factory=dict)
    _plans: dict[tuple[Choice, float, int], Outcome] = field(default_factory=dict)
    _alone: dict[tuple[float, int], Outcome] = field(default_factory=dict)

    def week(self, choice: Choice, number: int) -> list[float]:
        """Return what a model foresaw of a fold's week, in the week's own order."""
        if (choice, number) not in self._weeks:
            past = self.folds[number].past.peaks
            single = partial(self._by_one, number=number)
            self._weeks[choice, number] = foreseen(choice.model, choice.smoothing, past, single)
        return self._weeks[choice, number]

    def _by_one(self, model: str, number: int) -> Any:
        if (model, number) not in self._single:
            self._single[model, number] = foreseen_by(model, self.folds[number].past.peaks)
        return self._single[model, number]

    def planned(self, choice: Choice, margin: float) -> list[Outcome]:
        """Return what came of a plan in each fold."""
        return [self._planned(choice, margin, number) for number in range(len(self.folds))]

    def _planned(self, choice: Choice, margin: float, number: int) -> Outcome:
        key = (choice, margin, number)
        if key not in self._plans:
            fold = self.folds[number]
            floor = floor_of(by_week(self.week(choice, number), fold.first), margin, self.wish)
            at = steps(floor, self.wish.zone, fold.begin, fold.end, self.wish.lead_seconds)
            self._plans[key] = replayed_on(self.wish.floored(at), fold.stage, self.wish.workload)
        return self._plans[key]

    def alone(self, target_percent: float) -> list[Outcome]:
        """Return what came of the autoscaler alone in each fold."""
        found = []
        for number, fold in enumerate(self.folds):
            key = (target_percent, number)
            if key not in self._alone:
                self._alone[key] = replayed_on(self.wish.reactive(target_percent), fold.stage, self.wish.workload)
            found.append(self._alone[key])
        return found

    @property
    def peak(self) -> float:
        """The most requests per second that came."""
        return max(max(fold.stage.rates) for fold in self.folds)

    @property
    def unserved(self) -> float:
        """How many requests would find no room if the most replicas that may be were there all the time."""
        most = self.wish.max * self.wish.workload.capacity
        return sum(sum(max(0.0, rate - most) for rate in fold.stage.rates) * fold.stage.every for fold in self.folds)

    def coverage(self, choice: Choice, margin: float, number: int) -> float:
        """Return the percentage of a week's quarters in which a forecast with its margin had room for what came.

        Whole replicas, and those that are there at least, have more: what is judged is the forecast.
        """
        actual = self.folds[number].actual
        foreseen = self.week(choice, number)
        room = 100.0 * margin / self.wish.target_percent
        return 100.0 * sum(came <= peak * room for came, peak in zip(actual, foreseen, strict=True)) / len(actual)


def at_equal_cost(bench: Bench, pod_hours: float, within: float = 0.005) -> tuple[float, list[Outcome]]:
    """Return the target at which the autoscaler alone spends as many pod-hours, and what came of it in each fold.

    A lower target spends more. The search ends within a share of the pod-hours, or at the ends of what can be set.
    """
    low, high = 5.0, 100.0
    middle = bench.wish.target_percent
    outcomes = bench.alone(middle)
    for _ in range(16):
        spent = tally(outcomes).pod_hours
        if abs(spent - pod_hours) <= within * pod_hours:
            break
        low, high = (middle, high) if spent > pod_hours else (low, middle)
        middle = round((low + high) / 2, 4)
        outcomes = bench.alone(middle)
    return middle, outcomes
