"""Histories that are made up, for what a forecast must refuse and what it must take."""

import math
import random

from forecast.history.history import History
from forecast.wish import Wish
from simulator.hpa.settings import behavior_of
from simulator.replay.workload import Workload

MINUTES = 7 * 24 * 60
MONDAY = 1_767_571_200.0
"""5 January 2026, 00:00 UTC."""


def wish(start_seconds: float = 180.0, **choices: float) -> Wish:
    return Wish(
        workload=Workload(capacity=50.0, start_seconds=start_seconds),
        min=2,
        max=1000,
        target_percent=70.0,
        behavior=behavior_of({}),
        **choices,  # type: ignore[arg-type]
    )


def history(weeks: float, rate: "Rate", seed: int = 1) -> History:
    chance = random.Random(seed)  # noqa: S311 - a made-up history, the same every time
    rates = [max(0.0, rate(minute, chance)) for minute in range(int(weeks * MINUTES))]
    return History(name="made-up", start=MONDAY, step_seconds=60, rates=rates)


class Rate:
    """Requests per second in a minute."""

    def __call__(self, minute: int, chance: random.Random, /) -> float:
        raise NotImplementedError


class Constant(Rate):
    def __call__(self, _: int, chance: random.Random, /) -> float:
        return 400.0 + chance.gauss(0, 4)


class Walk(Rate):
    def __init__(self) -> None:
        self.now = 600.0

    def __call__(self, _: int, chance: random.Random, /) -> float:
        self.now = min(3000.0, max(50.0, self.now * math.exp(chance.gauss(0, 0.06))))
        return self.now


class Opening(Rate):
    """A shop that opens at eight, all at once, on six days of the week."""

    def __init__(self, busy: float = 1500.0) -> None:
        self.busy = busy

    def __call__(self, minute: int, chance: random.Random, /) -> float:
        hour, day = minute / 60 % 24, minute // 1440 % 7
        return (self.busy if day < 6 and 8 <= hour < 20 else 100.0) * (1 + chance.gauss(0, 0.05))


class Grown(Opening):
    """The same shop, whose last week sees thrice as many."""

    def __call__(self, minute: int, chance: random.Random, /) -> float:
        return super().__call__(minute, chance) * (3.0 if minute >= 3 * MINUTES else 1.0)
