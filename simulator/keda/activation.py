"""KEDA's part of scaling: it wakes a workload and puts it to sleep; the HorizontalPodAutoscaler does the rest."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """What a ScaledObject says of waking and sleeping, with KEDA's defaults.

    Source: https://keda.sh/docs/latest/reference/scaledobject-spec/
    """

    min: int = 0
    idle: int | None = None
    polling_seconds: float = 30.0
    cooldown_seconds: float = 300.0
    initial_cooldown_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What KEDA remembers of a ScaledObject."""

    created: float
    """Seconds."""
    last_active: float | None = None
    """Seconds: when a trigger was last seen active."""


def polled(activation: Activation, watch: Watch, replicas: int, active: bool, now: float) -> tuple[int, Watch]:
    """Return the count after one poll of the triggers, and what is remembered for the next."""
    if active:
        asleep = replicas == 0 or (activation.idle is not None and replicas < activation.min)
        return max(activation.min, 1) if asleep else replicas, replace(watch, last_active=now)
    idle = activation.idle
    if (idle is not None and replicas > idle) or (replicas > 0 and activation.min == 0):
        return ((idle or 0) if _cooled(activation, watch, now) else replicas), watch
    if idle is None and replicas < activation.min:
        return activation.min, watch
    return replicas, watch


def _cooled(activation: Activation, watch: Watch, now: float) -> bool:
    if watch.last_active is None:
        return watch.created + activation.initial_cooldown_seconds < now
    return watch.last_active + activation.cooldown_seconds < now
