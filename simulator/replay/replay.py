"""Replaying a history of demand: at every look the controller decides, and pods come and go."""

import math
from dataclasses import dataclass, replace

from simulator.hpa.decision import decide
from simulator.hpa.memory import Memory
from simulator.hpa.pods import Pod
from simulator.hpa.proposal import Observation
from simulator.keda.activation import Watch, polled
from simulator.replay import swift
from simulator.replay.demand import Demand
from simulator.replay.scaler import Cpu, Scaler, Signals, Stage, active, reading, signals, stage
from simulator.replay.workload import Outcome, Workload, outcome, ready_counts


def replayed(scaler: Scaler, demand: Demand, workload: Workload) -> Outcome:
    """Return what comes of a demand on an autoscaler, from the count that the first moment's demand needs."""
    return replayed_on(scaler, stage(demand, workload, scaler.controller.sync_seconds), workload)


def replayed_on(scaler: Scaler, on: Stage, workload: Workload) -> Outcome:
    """Return what comes of a demand that was laid out before, which spares work when many scalers are tried on it."""
    seen = signals(scaler, on)
    first = first_count(scaler, seen, workload)
    if scaler.activation is None and swift.is_swift(scaler.settings):
        counts = swift.replicas(scaler.settings, scaler.controller, _totals(scaler, seen), first)
        ready = ready_counts(counts, first, math.ceil(workload.start_seconds / on.every))
    else:
        counts, ready = step_by_step(scaler, seen, workload, first)
    return outcome(on.every, on.rates, counts, ready, workload.capacity)


def first_count(scaler: Scaler, seen: Signals, workload: Workload) -> int:
    """Return the count that serves the first moment's demand, within the bounds and above every floor."""
    if not seen.stage.moments:
        return scaler.settings.min
    floor = max((floors[0] for floors in seen.floors if floors is not None), default=0)
    needed = max(math.ceil(seen.stage.measured[0] / workload.capacity), floor)
    return min(max(needed, scaler.settings.min, 1), scaler.settings.max)


def _totals(scaler: Scaler, seen: Signals) -> list[swift.Total]:
    values = [seen.stage.totals if floors is None else [1000 * one for one in floors] for floors in seen.floors]
    return [swift.Total(metric.value, of) for metric, of in zip(scaler.settings.metrics, values, strict=True)]


@dataclass(slots=True)
class _Pods:
    """The pods of the imagined service; the youngest go first."""

    start_seconds: float
    requests: dict[str, dict[str, int]]
    pods: list[Pod]
    made: int = 0

    def scaled(self, count: int, now: float) -> None:
        """Make pods, or end the youngest, until there are so many."""
        del self.pods[count:]
        while len(self.pods) < count:
            self.made += 1
            pod = Pod(name=f"pod-{self.made}", ready=False, ready_since=now, started=now, requests=self.requests)
            self.pods.append(pod)

    def looked_at(self, now: float) -> list[Pod]:
        """Return the pods as they are at a moment, those ready that have had their time to start."""
        for number, pod in enumerate(self.pods):
            if not pod.ready and pod.started is not None and pod.started + self.start_seconds <= now:
                self.pods[number] = replace(pod, ready=True, ready_since=pod.started + self.start_seconds)
        return self.pods


def step_by_step(scaler: Scaler, seen: Signals, workload: Workload, first: int) -> tuple[list[int], list[int]]:
    """Return the count after each look, and how many of the pods are ready then; every pod is imagined."""
    requests = {one.container: {"cpu": one.request} for one in scaler.signals if isinstance(one, Cpu)}
    pods = _Pods(workload.start_seconds, requests, [])
    pods.scaled(first, seen.stage.moments[0] - 86_400.0 if seen.stage.moments else 0.0)
    memory = Memory()
    watch = Watch(created=seen.stage.moments[0] if seen.stage.moments else 0.0)
    due = watch.created
    counts, ready = [], []
    current = first
    for look, now in enumerate(seen.stage.moments):
        present = pods.looked_at(now)
        if scaler.activation is not None and now >= due:
            current, watch = polled(scaler.activation, watch, current, active(scaler, look, seen), now)
            due += scaler.activation.polling_seconds
        readings = [
            reading(scaler, number, look, seen, present, workload) for number in range(len(scaler.settings.metrics))
        ]
        observed = Observation(
            now=now, spec_replicas=current, status_replicas=len(present), pods=present, readings=readings
        )
        decision = decide(scaler.settings, scaler.controller, memory, observed)
        current, memory = decision.replicas, decision.memory
        pods.scaled(current, now)
        counts.append(current)
        ready.append(sum(pod.serves for pod in pods.looked_at(now)))
    return counts, ready
