"""An autoscaler together with where each of its metrics comes from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulator.hpa.pods import Pod, PodMetric
from simulator.hpa.proposal import Reading
from simulator.hpa.settings import Controller, Settings
from simulator.keda.activation import Activation
from simulator.replay.demand import Demand, Steps
from simulator.replay.workload import Workload


@dataclass(frozen=True, slots=True)
class Requests:
    """The rate of requests to the whole service."""

    activation: float | None = None
    """Requests per second above which KEDA calls the service active; None when it is not asked."""


@dataclass(frozen=True, slots=True)
class Cpu:
    """What the replicas' containers use of their CPU, which grows with the requests that each of them gets."""

    container: str
    request: int
    """Thousandths of a core."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A count that the service must not fall below, whatever its load."""

    steps: Steps


Signal = Requests | Cpu | Floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaler:
    """What scales a service."""

    settings: Settings
    signals: tuple[Signal, ...]
    """One for each metric of the settings."""
    controller: Controller = field(default_factory=Controller)
    activation: Activation | None = None
    """None without KEDA."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A demand as it shows at every look of a controller; many scalers may be replayed on one."""

    every: float
    """Seconds between two looks."""
    moments: Sequence[float]
    """Seconds since 1970."""
    rates: Sequence[float]
    """Requests per second at each moment."""
    measured: Sequence[float]
    """Requests per second, as they are known at each moment."""
    totals: Sequence[int]
    """The same as a metrics API tells it, in thousandths."""


def stage(demand: Demand, workload: Workload, every: float) -> Stage:
    """Return a demand at moments that are `every` seconds apart."""
    moments = demand.moments(every)
    measured = demand.measured(moments, workload.window_seconds, workload.lag_seconds)
    return Stage(every, moments, demand.at(moments), measured, [thousandths(rate) for rate in measured])


@dataclass(frozen=True, slots=True)
class Signals:
    """Every signal of a scaler at every look of its controller."""

    stage: Stage
    floors: Sequence[Sequence[int] | None]
    """One for each metric; None for those that are no floor."""


def signals(scaler: Scaler, stage: Stage) -> Signals:
    """Return what there is to read at every look."""
    floors = [one.steps.at(stage.moments) if isinstance(one, Floor) else None for one in scaler.signals]
    return Signals(stage, floors)


def thousandths(rate: float) -> int:
    """Return a rate as a metrics API tells it, in thousandths, rounded up."""
    return math.ceil(rate * 1000)


def reading(
    scaler: Scaler, number: int, look: int, signals: Signals, pods: Sequence[Pod], workload: Workload
) -> Reading:
    """Return what a metrics API answers for one metric at one look."""
    signal = scaler.signals[number]
    if isinstance(signal, Floor):
        floors = signals.floors[number]
        return None if floors is None else [floors[look] * 1000]
    if isinstance(signal, Requests):
        return [signals.stage.totals[look]]
    serving = [pod for pod in pods if pod.serves]
    if not serving:
        return None
    share = min(1.0, signals.stage.measured[look] / (len(serving) * workload.capacity))
    used = int(share * signal.request * workload.cpu_percent_at_capacity / 100.0)
    taken = signals.stage.moments[look] - workload.lag_seconds
    sample = PodMetric(value=used, timestamp=taken, window=workload.window_seconds)
    return {pod.name: sample for pod in serving}


def active(scaler: Scaler, look: int, signals: Signals) -> bool:
    """Return whether KEDA finds a trigger active at a look: a rate above its threshold, or a floor above nothing."""
    for signal, floors in zip(scaler.signals, signals.floors, strict=True):
        if floors is not None and floors[look] > 0:
            return True
        if (
            isinstance(signal, Requests)
            and signal.activation is not None
            and signals.stage.measured[look] > signal.activation
        ):
            return True
    return False
