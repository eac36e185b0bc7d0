"""Scenarios for an autoscaler, made from a seed: its settings, and what it sees at each look."""

import random
from dataclasses import dataclass
from typing import Any

FAMILIES = ("stabilization", "tolerance", "missing", "unready", "several")
MOST, REQUEST, TARGET = 12, 100, 60
"""Replicas at most; thousandths of a core that a pod requests; percent of it that is the target."""
_WINDOWS = (0, 2, 6, 10, 14, 18)
"""Seconds; the distance of two looks is four, so each is clear of their multiples."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """An autoscaler, and by how much it is used at each look."""

    name: str
    seed: int
    family: str
    spec: dict[str, Any]
    """The HorizontalPodAutoscaler's, without the reference to its target."""
    factors: tuple[tuple[float | None, ...], ...]
    """By look and metric, the usage as a share of the target at the present count; None where nothing is measured."""

    def chance(self, *what: object) -> random.Random:
        """Return chance that is the same whenever the same is asked for."""
        return random.Random(f"{self.name} {what}")  # noqa: S311 - a scenario, not a secret


def scenario(family: str, seed: int, looks: int) -> Scenario:
    """Return the scenario of a family and a seed."""
    chance = random.Random(f"{family} {seed}")  # noqa: S311 - a scenario, not a secret
    metrics = _metrics(family, chance)
    spec: dict[str, Any] = {"minReplicas": chance.choice([1, 2]), "maxReplicas": MOST, "metrics": metrics}
    behavior = _behavior(family, chance)
    if behavior is not None:
        spec["behavior"] = behavior
    factors = tuple(tuple(_factor(family, behavior, chance) for _ in metrics) for _ in range(looks))
    return Scenario(f"{family}-{seed}", seed, family, spec, factors)


def _factor(family: str, behavior: dict[str, Any] | None, chance: random.Random) -> float | None:
    if family == "several" and chance.random() < 0.2:
        return None
    if family == "tolerance":
        direction = chance.choice(["scaleUp", "scaleDown"])
        said = (behavior or {}).get(direction, {}).get("tolerance", "0.1")
        edge = float(said) * (1 if direction == "scaleUp" else -1)
        return 1 + edge + chance.choice([-0.03, -0.015, 0.015, 0.03])
    return chance.choice([0.2, 0.4, 0.6, 0.8, 0.93, 1.07, 1.3, 1.7, 2.5])


def _behavior(family: str, chance: random.Random) -> dict[str, Any] | None:
    if family != "stabilization" and chance.random() < 0.3:
        return None
    if family == "tolerance":
        up, down = chance.choice(["0", "0.05", "0.2"]), chance.choice(["0.02", "0.1", "0.3"])
        return {"scaleUp": {"tolerance": up}, "scaleDown": {"tolerance": down, "stabilizationWindowSeconds": 0}}
    if family == "stabilization" or chance.random() < 0.5:
        return {"scaleUp": _rules(chance), "scaleDown": _rules(chance)}
    return {"scaleDown": {"stabilizationWindowSeconds": 0}}


def _rules(chance: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {"stabilizationWindowSeconds": chance.choice(_WINDOWS)}
    if chance.random() < 0.7:
        found["selectPolicy"] = chance.choice(["Max", "Max", "Min", "Disabled"])
    if chance.random() < 0.7:
        found["policies"] = [
            {
                "type": kind,
                "value": chance.choice([1, 2, 3] if kind == "Pods" else [20, 50, 100]),
                "periodSeconds": chance.choice(_WINDOWS[1:]),
            }
            for kind in chance.sample(["Pods", "Percent"], chance.choice([1, 2]))
        ]
    return found


CPU = {"type": "Utilization", "averageUtilization": TARGET}


def _metrics(family: str, chance: random.Random) -> list[dict[str, Any]]:
    share = {"type": "Resource", "resource": {"name": "cpu", "target": CPU}}
    contained = {"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "app", "target": CPU}}
    amount = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "60m"}},
    }
    average = {"type": "AverageValue", "averageValue": "60"}
    whole = {"type": "Value", "value": "60"}
    each = {"type": "Pods", "pods": {"metric": {"name": "busy"}, "target": average}}
    total = {"type": "External", "external": {"metric": {"name": "rps"}, "target": average}}
    depth = {"type": "External", "external": {"metric": {"name": "depth"}, "target": whole}}
    described = {"apiVersion": "v1", "kind": "Service", "name": "web"}
    load = {"type": "Object", "object": {"describedObject": described, "metric": {"name": "load"}, "target": average}}
    if family == "missing":
        return [chance.choice([share, contained, amount, each])]
    if family == "unready":
        return [chance.choice([share, contained, amount, depth])]
    if family == "several":
        return chance.sample([share, amount, each, total, depth, load], chance.choice([2, 3]))
    return [chance.choice([share, total, depth, load])]
