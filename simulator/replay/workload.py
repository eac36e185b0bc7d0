"""What a replay must know of a service, and what came of it."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What there is to know of a service to replay a history on it."""

    capacity: float
    """Requests per second that one replica serves well."""
    start_seconds: float
    """From the decision to the first request that a new pod answers."""
    lag_seconds: float = 30.0
    """How old the newest measurement is when the controller reads it."""
    window_seconds: float = 60.0
    """Over how long a rate is measured."""
    cpu_percent_at_capacity: float = 100.0
    """How much of its CPU request a replica uses when it serves its capacity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of replays, summed."""

    offered: float
    """Requests that came."""
    overloaded: float
    """Requests that came above what the ready replicas serve well."""
    pod_hours: float

    @property
    def overloaded_percent(self) -> float:
        """The share of requests that came above what the ready replicas serve well."""
        return 100.0 * self.overloaded / self.offered if self.offered else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Tally):
    """What came of one replay: its sums, and a count for every look of the controller."""

    every: float
    """Seconds between two looks."""
    replicas: Sequence[int]
    ready: Sequence[int]


def tally(outcomes: Iterable[Tally]) -> Tally:
    """Return the sums of outcomes."""
    found = list(outcomes)
    return Tally(
        offered=sum(one.offered for one in found),
        overloaded=sum(one.overloaded for one in found),
        pod_hours=sum(one.pod_hours for one in found),
    )


def ready_counts(replicas: Sequence[int], before: int, start_steps: int) -> list[int]:
    """Return how many pods are ready at each look.

    The youngest pods go first, as a ReplicaSet has it, so those are ready that were there all the while a pod takes to
    start. `before` is the count, all of it ready, until the first look.
    Source: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset
    """
    rising: deque[tuple[int, int]] = deque([(-1, before)])
    found = []
    for number, count in enumerate(replicas):
        while rising and rising[-1][1] >= count:
            rising.pop()
        rising.append((number, count))
        while rising[0][0] < number - start_steps:
            rising.popleft()
        found.append(rising[0][1])
    return found


def outcome(
    every: float, rates: Sequence[float], replicas: Sequence[int], ready: Sequence[int], capacity: float
) -> Outcome:
    """Return the sums of a replay."""
    over = sum(rate - count * capacity for rate, count in zip(rates, ready, strict=True) if rate > count * capacity)
    return Outcome(
        every=every,
        replicas=replicas,
        ready=ready,
        offered=sum(rates) * every,
        overloaded=over * every,
        pod_hours=sum(replicas) * every / 3600.0,
    )
