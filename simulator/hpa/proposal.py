"""How many replicas one metric asks for.

Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.hpa.pods import Groups, Pod, PodMetric, groups, request_of
from simulator.hpa.settings import Controller, Metric, Settings, Tolerances, tolerances

MOST = 2**31 - 1
"""Replica counts are 32 bits wide."""

Reading = Mapping[str, PodMetric] | Sequence[int] | None
"""What a metrics API answers: a value for each pod, values without pods in thousandths, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the controller sees at one moment."""

    now: float
    """Seconds."""
    spec_replicas: int
    """What the workload is told to run."""
    status_replicas: int
    """How many pods it has."""
    pods: Sequence[Pod]
    readings: Sequence[Reading]
    """One for each metric of the settings."""


def proposal(
    metric: Metric, reading: Reading, seen: Observation, settings: Settings, controller: Controller
) -> int | None:
    """Return how many replicas a metric asks for, or nothing when it cannot be computed."""
    near = tolerances(settings, controller)
    if not reading:
        return None
    if isinstance(reading, Mapping):
        return _per_pod(metric, dict(reading), seen, controller, near)
    total = sum(reading)
    if metric.target == "AverageValue":
        return _average(total, metric.value, seen.status_replicas, near)
    return _whole(total / metric.value, seen, near)


def _average(total: int, target: int, replicas: int, near: Tolerances) -> int:
    """Return the count at which each replica has its target of a total, readiness aside."""
    ratio = total / (target * replicas) if replicas else math.inf if total else math.nan
    return replicas if near.holds(ratio) else min(MOST, math.ceil(total / target))


def _whole(ratio: float, seen: Observation, near: Tolerances) -> int | None:
    """Return the count that brings a value back to its target, if it falls as replicas are added."""
    if near.holds(ratio):
        return seen.spec_replicas
    if not seen.pods:
        return None
    return min(MOST, math.ceil(ratio * sum(pod.serves for pod in seen.pods)))


def _per_pod(
    metric: Metric, usage: dict[str, PodMetric], seen: Observation, controller: Controller, near: Tolerances
) -> int | None:
    if not seen.pods:
        return None
    grouped = groups(seen.pods, usage, metric, controller, seen.now)
    for name in grouped.ignored | grouped.unready:
        usage.pop(name, None)
    if not usage:
        return None
    values = {name: sample.value for name, sample in usage.items()}
    if metric.target != "Utilization":
        return _weighed(values, grouped, seen, near, _Plain(metric.value))
    requests = {pod.name: request_of(pod, metric.name, metric.container) for pod in seen.pods}
    known = {name: amount for name, amount in requests.items() if amount is not None}
    # One pod without a request makes a share of requests mean nothing.
    return _weighed(values, grouped, seen, near, _Share(metric.value, known)) if len(known) == len(requests) else None


def _weighed(
    values: dict[str, int], grouped: Groups, seen: Observation, near: Tolerances, target: "_Plain | _Share"
) -> int | None:
    """Return the count for values by pod; pods that say nothing are taken for what damps the change."""
    ratio = target.ratio(values)
    if ratio is None:
        return None
    rising_with_unready = bool(grouped.unready) and ratio > 1.0
    if not rising_with_unready and not grouped.missing:
        return seen.spec_replicas if near.holds(ratio) else math.ceil(ratio * grouped.ready)
    for name in grouped.missing:
        if ratio < 1.0:
            values[name] = target.calm(name)
        elif ratio > 1.0:
            values[name] = 0
    if rising_with_unready:
        values.update(dict.fromkeys(grouped.unready, 0))
    damped = target.ratio(values)
    if damped is None:
        return None
    turned = (ratio < 1.0 < damped) or (damped < 1.0 < ratio)
    count = math.ceil(damped * len(values))
    against = (damped < 1.0 and count > seen.spec_replicas) or (damped > 1.0 and count < seen.spec_replicas)
    return seen.spec_replicas if near.holds(damped) or turned or against else count


@dataclass(frozen=True, slots=True)
class _Plain:
    """A value that each pod should have."""

    value: int

    def ratio(self, values: Mapping[str, int]) -> float:
        """Return the pods' average as a share of the target; the average is whole thousandths, as the controller's."""
        return sum(values.values()) // len(values) / self.value

    def calm(self, _: str) -> int:
        """Return what a pod is taken to use that says nothing, when the others ask for fewer."""
        return self.value


@dataclass(frozen=True, slots=True)
class _Share:
    """A percentage of what pods request."""

    percent: int
    requests: Mapping[str, int]

    def ratio(self, values: Mapping[str, int]) -> float | None:
        """Return the share in use as a share of the target; the share in use is whole percents."""
        known = [name for name in values if name in self.requests]
        requested = sum(self.requests[name] for name in known)
        return sum(values[name] for name in known) * 100 // requested / self.percent if requested else None

    def calm(self, name: str) -> int:
        """Return what a pod is taken to use that says nothing, when the others ask for fewer."""
        return self.requests[name] * max(100, self.percent) // 100
