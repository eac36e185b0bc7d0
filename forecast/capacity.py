"""The capacity of a replica, measured: the requests per second that use the CPU it requests."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from forecast.history.history import History, Row, problem
from schemas.plan.week import SLOT_SECONDS
from schemas.problems import SpecError

LEAST_QUARTERS = 96
"""A day of quarters of an hour."""
LEAST_SPREAD = 1.5
"""How many times as many requests must come in the busy third of the time as in the calm one."""
LEAST_EXPLAINED = 0.5
"""How much of the CPU's distance from its middle must be that of a line over requests."""
MOST_IDLE = 0.2
"""How much of the CPU of the busy third may be used without requests."""
_BY_HAND = "Load one replica until its answers grow slow, and give the rate before that as --capacity."

Point = tuple[float, float]
"""Requests per second, and cores in use, in a quarter of an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How much CPU a request takes."""

    cpu_seconds: float
    """Core seconds for each request, with its share of what pods use without any."""
    busy: int
    """How many quarters of an hour told it."""
    quarters: int
    """How many are known."""

    def capacity(self, request: float) -> float:
        """Return the requests per second that use up a replica's request of so many cores."""
        return float(f"{request / self.cpu_seconds:.4g}")


def measured(history: History, cores: Sequence[Row]) -> Measured:
    """Return how much CPU a request takes; `cores` is how many all pods of the service used together at some times.

    It is the median of cores over requests per second in the busy third of the time. What pods use without any request
    is a part of it, because an autoscaler counts it too: at the load that it was measured under, this capacity asks for
    the pods that the autoscaler asks for. So how many pods there were need not be known.

    Raises:
        SpecError: too little is known, or the CPU does not follow the requests.

    """
    points = sorted(_points(history, cores))
    if len(points) < LEAST_QUARTERS:
        message = f"requests and CPU are known together for {len(points)} quarters of an hour, and must for a day."
        raise _refusal(history, "SW9111", message, "Export a longer history.")
    third = len(points) // 3
    calm, busy = points[:third], points[-third:]
    _check(history, points, _middle(calm), _middle(busy))
    cpu_seconds = median(used / rate for rate, used in busy if rate > 0)
    return Measured(cpu_seconds=cpu_seconds, busy=third, quarters=len(points))


def _check(history: History, points: Sequence[Point], calm: Point, busy: Point) -> None:
    """Look whether the CPU follows the requests, along the line through the middles of the calm and the busy third.

    Source: Tukey, Exploratory Data Analysis, 1977: the resistant line
    """
    if busy[0] <= LEAST_SPREAD * calm[0]:
        message = (
            f"{busy[0]:.4g} requests a second in the busy third of the time and {calm[0]:.4g} in the calm one are "
        )
        message += "too near to each other to tell what follows requests."
        raise _refusal(history, "SW9111", message, "Export days and nights.")
    slope = (busy[1] - calm[1]) / (busy[0] - calm[0])
    explained = _explained(points, slope, busy[1] - slope * busy[0]) if slope > 0 else 0.0
    if explained < LEAST_EXPLAINED:
        message = f"CPU does not follow requests: they explain {100 * explained:.0f} % of how it changes, "
        message += f"and {100 * LEAST_EXPLAINED:.0f} % is the least."
        raise _refusal(history, "SW9112", message, f"Give the CPU of this service's containers alone. {_BY_HAND}")
    idle = 1 - slope * busy[0] / busy[1]
    if idle > MOST_IDLE:
        message = f"{100 * idle:.0f} % of the CPU in the busy third of the time is used without requests, "
        message += f"and at most {100 * MOST_IDLE:.0f} % may be: what a request takes is not seen."
        raise _refusal(history, "SW9113", message, _BY_HAND)


def _explained(points: Sequence[Point], slope: float, base: float) -> float:
    """Return how much nearer to a line the CPU is than to its middle: 1 on the line, 0 where the line says nothing.

    Distances are not squared, so that an hour of rollouts weighs no more than an hour.
    """
    middle = median(used for _, used in points)
    around = sum(abs(used - middle) for _, used in points)
    return max(0.0, 1 - sum(abs(used - base - slope * rate) for rate, used in points) / around)


def _points(history: History, cores: Sequence[Row]) -> Iterable[Point]:
    """Yield the means of the quarters of an hour in which both are known; in a shorter time one may lag behind."""
    moments = ((history.start + place * history.step_seconds, rate) for place, rate in enumerate(history.rates))
    rates = _means(moment for place, moment in enumerate(moments) if place not in history.filled)
    used = _means((row.time, row.value) for row in cores)
    return ((rates[slot], used[slot]) for slot in rates.keys() & used.keys())


def _means(moments: Iterable[tuple[float, float]]) -> dict[int, float]:
    """Return the mean of the values of each quarter of an hour, by its number since 1970."""
    found: dict[int, list[float]] = defaultdict(list)
    for time, value in moments:
        found[int(time // SLOT_SECONDS)].append(value)
    return {slot: fmean(values) for slot, values in found.items()}


def _middle(points: Sequence[Point]) -> Point:
    return median(rate for rate, _ in points), median(used for _, used in points)


def _refusal(history: History, code: str, message: str, hint: str) -> SpecError:
    return SpecError([problem(history.name, 0, code, message, hint)])
