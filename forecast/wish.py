"""What a plan is for: the service, what its replicas can do, and how good is good enough."""

from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo

from simulator.hpa.settings import Behavior, Controller, Metric, Settings
from simulator.replay.demand import Steps
from simulator.replay.scaler import Floor, Requests, Scaler
from simulator.replay.workload import Workload

_FLOOR = Metric(source="External", name="floor", target="AverageValue", value=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A service and what is asked of its plan."""

    workload: Workload
    min: int
    max: int
    target_percent: float
    """How much of its capacity a replica should be used."""
    behavior: Behavior
    controller: Controller = field(default_factory=Controller)
    zone: tzinfo = UTC
    """The time zone whose clocks the people follow who make the demand."""
    objective_percent: float = 99.99
    """Of requests that should meet a replica that has room for them."""
    budget_percent: float = 50.0
    """By how much the pod-hours may exceed those of the autoscaler alone."""

    @property
    def lead_seconds(self) -> int:
        """How early a floor must rise: a pod starts, and the autoscaler looks every so often; in whole minutes."""
        wait = self.workload.start_seconds + self.workload.lag_seconds + self.controller.sync_seconds
        return 60 * -int(-wait // 60)

    def reactive(self, target_percent: float | None = None) -> Scaler:
        """Return the autoscaler alone, with its own target or another one."""
        target = self.target_percent if target_percent is None else target_percent
        rate = max(1, round(10 * self.workload.capacity * target))
        metric = Metric(source="External", name="requests", target="AverageValue", value=rate)
        settings = Settings(min=self.min, max=self.max, metrics=(metric,), behavior=self.behavior)
        return Scaler(settings=settings, signals=(Requests(),), controller=self.controller)

    def floored(self, steps: Steps) -> Scaler:
        """Return the autoscaler with a floor under it."""
        alone = self.reactive()
        settings = replace(alone.settings, metrics=(*alone.settings.metrics, _FLOOR))
        return replace(alone, settings=settings, signals=(*alone.signals, Floor(steps)))
