"""How the number of a service's pods follows what is asked of it."""

from typing import Literal

import msgspec

from schemas.model.base import Value

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class ScalingPolicy(Value, frozen=True, kw_only=True):
    """One step of an autoscaler."""

    type: Literal["Pods", "Percent"]
    value: int
    period_seconds: int


class ScalingRules(Value, frozen=True, kw_only=True):
    """How fast an autoscaler moves in one direction."""

    stabilization_window_seconds: int | None = None
    select_policy: Literal["Max", "Min", "Disabled"] | None = None
    policies: list[ScalingPolicy] | None = None
    tolerance_percent: float | None = None


class ScalingBehavior(Value, frozen=True, kw_only=True):
    """How fast an autoscaler moves."""

    scale_up: ScalingRules | None = None
    scale_down: ScalingRules | None = None


class MetricTarget(Value, frozen=True, kw_only=True):
    """How much of one of the platform's metrics there is for each pod."""

    per_replica: float
    where: dict[str, str] = msgspec.field(default_factory=dict)
    """Labels of the series, such as a queue's name."""


class ScalingTargets(Value, frozen=True, kw_only=True):
    """What an autoscaler keeps near a value."""

    cpu_percent: int | None = None
    memory_percent: int | None = None
    requests_per_second_per_replica: float | None = None
    concurrent_requests_per_replica: float | None = None
    metrics: dict[str, MetricTarget] = msgspec.field(default_factory=dict)
    """By the name that the platform gives a metric."""


class ScalingSchedule(Value, frozen=True, kw_only=True):
    """A window of the week in which there are more pods than else."""

    days: list[Day]
    from_: str = msgspec.field(name="from")
    to: str
    """Not later than `from` means on the next day."""
    time_zone: str
    min: int


class Scaling(Value, frozen=True, kw_only=True):
    """An autoscaler between two bounds."""

    min: int
    max: int
    targets: ScalingTargets
    schedules: dict[str, ScalingSchedule] = msgspec.field(default_factory=dict)
    plan: str | None = None
    """The file of a plan, which is read beside the spec."""
    behavior: ScalingBehavior | None = None
    fallback_replicas: int | None = None

    @property
    def needs_prometheus(self) -> bool:
        """Whether something is measured that Prometheus alone knows."""
        targets = self.targets
        asked = (targets.requests_per_second_per_replica, targets.concurrent_requests_per_replica)
        return any(one is not None for one in asked) or bool(targets.metrics)

    @property
    def needs_keda(self) -> bool:
        """Whether Kubernetes' own autoscaler cannot do it, even with an adapter that tells it what Prometheus knows."""
        return bool(self.schedules) or self.min == 0

    @property
    def knows_ahead(self) -> bool:
        """Whether the clock asks for pods, whatever is measured."""
        return bool(self.schedules) or self.plan is not None
