"""The pods of a workload as the autoscaler sees them, and which of them count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from simulator.hpa.settings import Controller, Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class PodMetric:
    """What one pod uses."""

    value: int
    """Thousandths of the metric's unit."""
    timestamp: float = 0.0
    """Seconds: when the window ended in which it was measured."""
    window: float = 60.0
    """Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod, as far as an autoscaler looks at it."""

    name: str
    phase: Literal["Pending", "Running", "Succeeded", "Failed"] = "Running"
    ready: bool | None = True
    """The condition Ready; None when the pod does not have it yet."""
    ready_since: float = 0.0
    """Seconds: when that condition last changed."""
    started: float | None = 0.0
    """Seconds: when a kubelet took the pod; None while none has."""
    deleted: bool = False
    requests: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By container and resource, in thousandths."""

    @property
    def serves(self) -> bool:
        """Whether the pod is running and ready."""
        return self.phase == "Running" and self.ready is True


@dataclass(frozen=True, slots=True)
class Groups:
    """The names of a workload's pods by what they are to a metric."""

    ready: int
    unready: frozenset[str]
    missing: frozenset[str]
    ignored: frozenset[str]


def groups(
    pods: Sequence[Pod], usage: Mapping[str, PodMetric], metric: Metric, controller: Controller, now: float
) -> Groups:
    """Return the pods in their groups: those that count, are not ready, lack the metric, or are on their way out.

    Only CPU looks at readiness: a pod that starts burns what it never will again.
    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
    """
    ready = 0
    unready, missing, ignored = set(), set(), set()
    for pod in pods:
        if pod.deleted or pod.phase == "Failed":
            ignored.add(pod.name)
        elif pod.phase == "Pending":
            unready.add(pod.name)
        elif pod.name not in usage:
            missing.add(pod.name)
        elif metric.name == "cpu" and _is_resource(metric) and _unready(pod, usage[pod.name], controller, now):
            unready.add(pod.name)
        else:
            ready += 1
    return Groups(ready, frozenset(unready), frozenset(missing), frozenset(ignored))


def _is_resource(metric: Metric) -> bool:
    return metric.source in ("Resource", "ContainerResource")


def _unready(pod: Pod, sample: PodMetric, controller: Controller, now: float) -> bool:
    if pod.ready is None or pod.started is None:
        return True
    if pod.started + controller.cpu_initialization_seconds > now:
        # Within its first minutes a pod counts once a whole window was measured since it became ready.
        return not pod.ready or sample.timestamp < pod.ready_since + sample.window
    # Later on it does not count while it has never been ready.
    return not pod.ready and pod.started + controller.initial_readiness_seconds > pod.ready_since


def request_of(pod: Pod, resource: str, container: str | None) -> int | None:
    """Return what a pod, or one container of it, requests in thousandths; None when one of them requests nothing."""
    if container is not None:
        return pod.requests.get(container, {}).get(resource)
    amounts = [requests.get(resource) for requests in pod.requests.values()]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
