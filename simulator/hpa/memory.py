"""What the controller remembers of an autoscaler between two looks."""

from dataclasses import dataclass, replace

from simulator.hpa.settings import Behavior, Controller, Rules


@dataclass(frozen=True, slots=True)
class Moment:
    """A number, and when it came to be."""

    value: int
    time: float
    """Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Recent recommendations, and how much the count was moved."""

    recommendations: tuple[Moment, ...] = ()
    ups: tuple[Moment, ...] = ()
    downs: tuple[Moment, ...] = ()

    def begun(self, replicas: int, now: float) -> "Memory":
        """Return the memory with the present count as its first recommendation, if it has none."""
        return self if self.recommendations else replace(self, recommendations=(Moment(replicas, now),))

    def recommended(self, count: int, now: float, window: float) -> "Memory":
        """Return the memory with a recommendation more, and without those from before a window."""
        kept = tuple(moment for moment in self.recommendations if moment.time >= now - window)
        return replace(self, recommendations=(*kept, Moment(count, now)))

    def moved(self, before: int, after: int, now: float, behavior: Behavior | None) -> "Memory":
        """Return the memory of a count that was changed; without `behavior` nothing asks for it later."""
        if behavior is None:
            return self
        if after > before:
            return replace(self, ups=_with(self.ups, after - before, now, behavior.up))
        return replace(self, downs=_with(self.downs, before - after, now, behavior.down))


def _with(moments: tuple[Moment, ...], change: int, now: float, rules: Rules) -> tuple[Moment, ...]:
    longest = max((policy.period_seconds for policy in rules.policies), default=0)
    return (*(moment for moment in moments if moment.time >= now - longest), Moment(change, now))


def calm_seconds(behavior: Behavior | None, controller: Controller) -> float:
    """Return how long the highest recommendation holds the count up."""
    said = behavior.down.stabilization_seconds if behavior else None
    return controller.downscale_stabilization_seconds if said is None else said
