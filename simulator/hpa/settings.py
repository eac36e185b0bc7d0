"""What an autoscaler is told: bounds, metrics and behavior, with the defaults that the API server fills in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from schemas.values.quantity import quantity

Source = Literal["Resource", "ContainerResource", "Pods", "Object", "External"]
Target = Literal["Utilization", "AverageValue", "Value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How many replicas may come or go in a period."""

    type: Literal["Pods", "Percent"]
    value: int
    period_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How fast the count moves in one direction."""

    stabilization_seconds: int | None
    """None only for scaling down: the controller's own window."""
    select: Literal["Max", "Min", "Disabled"]
    policies: tuple[Policy, ...]
    tolerance: float | None = None
    """A share of the target; None for the controller's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behavior:
    """How fast the count moves."""

    up: Rules
    down: Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric and what it is kept near."""

    source: Source
    name: str
    target: Target
    value: int
    """Percent for `Utilization`, else thousandths."""
    container: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The `spec` of a HorizontalPodAutoscaler."""

    min: int
    max: int
    metrics: tuple[Metric, ...]
    behavior: Behavior | None = None
    """None for the algorithm without `behavior`, which doubles at most and has no policies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """The flags of the kube-controller-manager, with its own defaults.

    Source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
    """

    sync_seconds: float = 15.0
    tolerance: float = 0.1
    downscale_stabilization_seconds: float = 300.0
    cpu_initialization_seconds: float = 300.0
    initial_readiness_seconds: float = 30.0


_DEFAULT_UP = Rules(
    stabilization_seconds=0,
    select="Max",
    policies=(Policy(type="Pods", value=4, period_seconds=15), Policy(type="Percent", value=100, period_seconds=15)),
)
_DEFAULT_DOWN = Rules(
    stabilization_seconds=None,
    select="Max",
    policies=(Policy(type="Percent", value=100, period_seconds=15),),
)
_DEFAULT_CPU = Metric(source="Resource", name="cpu", target="Utilization", value=80)


def settings_of(manifest: Mapping[str, Any]) -> Settings:
    """Return what a HorizontalPodAutoscaler of `autoscaling/v2` says, with the API server's defaults.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
    """
    spec = manifest["spec"]
    behavior = spec.get("behavior")
    return Settings(
        min=spec.get("minReplicas", 1),
        max=spec["maxReplicas"],
        metrics=tuple(_metric(one) for one in spec.get("metrics") or ()) or (_DEFAULT_CPU,),
        behavior=behavior_of(behavior) if behavior is not None else None,
    )


def behavior_of(behavior: Mapping[str, Any]) -> Behavior:
    """Return a `behavior`; what it leaves out has the API server's defaults."""
    return Behavior(
        up=_rules(behavior.get("scaleUp"), _DEFAULT_UP), down=_rules(behavior.get("scaleDown"), _DEFAULT_DOWN)
    )


def _rules(said: Mapping[str, Any] | None, default: Rules) -> Rules:
    said = said or {}
    policies = said.get("policies")
    tolerance = said.get("tolerance")
    return Rules(
        stabilization_seconds=said.get("stabilizationWindowSeconds", default.stabilization_seconds),
        select=said.get("selectPolicy") or default.select,
        policies=default.policies
        if policies is None
        else tuple(Policy(type=p["type"], value=p["value"], period_seconds=p["periodSeconds"]) for p in policies),
        tolerance=None if tolerance is None else float(quantity(str(tolerance))),
    )


_FIELDS: dict[Source, str] = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}


def _metric(said: Mapping[str, Any]) -> Metric:
    source: Source = said["type"]
    body = said[_FIELDS[source]]
    target = body["target"]
    name = body["name"] if "name" in body else body["metric"]["name"]
    container = body.get("container")
    if (percent := target.get("averageUtilization")) is not None:
        return Metric(source=source, name=name, container=container, target="Utilization", value=percent)
    # The controller looks at the average first, as its own code does.
    kind: Target = "AverageValue" if target.get("averageValue") is not None else "Value"
    amount = target["averageValue" if kind == "AverageValue" else "value"]
    return Metric(source=source, name=name, container=container, target=kind, value=milli(amount))


def milli(amount: object) -> int:
    """Return a quantity in thousandths, rounded up, as Kubernetes' `MilliValue` does."""
    exact = quantity(str(amount)) * 1000
    return int(exact.to_integral_value(rounding="ROUND_CEILING"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerances:
    """How far from its target a metric may be before the count changes, in each direction."""

    up: float
    down: float

    def holds(self, ratio: float) -> bool:
        """Return whether a ratio of usage to target is near enough to 1."""
        return 1.0 - self.down <= ratio <= 1.0 + self.up


def tolerances(settings: Settings, controller: Controller) -> Tolerances:
    """Return the tolerances of each direction: the autoscaler's own, else the controller's."""
    behavior = settings.behavior
    up = behavior.up.tolerance if behavior else None
    down = behavior.down.tolerance if behavior else None
    return Tolerances(
        up=controller.tolerance if up is None else up, down=controller.tolerance if down is None else down
    )
