"""One look of the controller at an autoscaler: what it sees and remembers in, a count and a memory out."""

from dataclasses import dataclass

from simulator.hpa.limits import limited
from simulator.hpa.memory import Memory
from simulator.hpa.proposal import Observation, proposal
from simulator.hpa.settings import Controller, Settings


@dataclass(frozen=True, slots=True)
class Decision:
    """What comes of one look."""

    replicas: int
    memory: Memory


def decide(settings: Settings, controller: Controller, memory: Memory, seen: Observation) -> Decision:
    """Return the count of replicas after one look, and what is remembered for the next.

    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
    """
    current = seen.spec_replicas
    memory = memory.begun(current, seen.now)
    if current == 0:
        # Nobody but KEDA, or a person, brings a workload back from none.
        return Decision(0, memory)
    if current > settings.max:
        wanted = settings.max
    elif current < settings.min:
        wanted = settings.min
    else:
        asked = _asked(settings, controller, seen)
        if asked is None:
            return Decision(current, memory)
        wanted, memory = limited(settings, controller, memory, current, asked, seen.now)
    if wanted != current:
        memory = memory.moved(current, wanted, seen.now, settings.behavior)
    return Decision(wanted, memory)


def _asked(settings: Settings, controller: Controller, seen: Observation) -> int | None:
    """Return what the metrics ask for together, which is the most; nothing when what is missing could have been more.

    A metric that cannot be computed keeps the count from falling and not from rising.
    """
    asked = [
        proposal(metric, reading, seen, settings, controller)
        for metric, reading in zip(settings.metrics, seen.readings, strict=True)
    ]
    known = [count for count in asked if count is not None]
    most = max(known, default=None)
    if most is None or (len(known) < len(asked) and most < seen.spec_replicas):
        return None
    return most
