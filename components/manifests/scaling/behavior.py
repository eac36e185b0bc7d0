"""How fast an autoscaler moves: what the spec says, over our defaults."""

from typing import Any

from schemas.model import Scaling, ScalingRules
from schemas.model.platform import Versions

_CALM_SECONDS = 300
_DOWN = {
    "stabilizationWindowSeconds": _CALM_SECONDS,
    "policies": [{"type": "Percent", "value": 50, "periodSeconds": 60}],
}
"""Half the pods a minute, after five calm minutes: a short dip does not cost the capacity for the next rush."""
_UP = {
    "stabilizationWindowSeconds": 0,
    "selectPolicy": "Max",
    "policies": [
        {"type": "Percent", "value": 100, "periodSeconds": 15},
        {"type": "Pods", "value": 4, "periodSeconds": 15},
    ],
}
"""Kubernetes' own default, said aloud."""
_TOLERATED = 100
"""How many thousandths from its target Kubernetes' autoscaler lets a measure be, unless something else is said."""


def behavior(scaling: Scaling, versions: Versions) -> dict[str, Any]:
    """Return the `behavior` of a HorizontalPodAutoscaler.

    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
    """
    said = scaling.behavior
    steps = _every_step(scaling.max) if scaling.knows_ahead and versions.has_tolerance else {}
    return {
        "scaleUp": _rules(said.scale_up if said else None, {**_UP, **steps}),
        "scaleDown": _rules(said.scale_down if said else None, _DOWN),
    }


def _every_step(most: int) -> dict[str, str]:
    """Return the greatest tolerance that lets one pod more through, however near to `most` they are.

    A window that asks for 21 pods where there are 20 is within the tolerance of a tenth, and would move nothing; and no
    tolerance would let every flicker of a measure through.
    """
    thousandths = 1000 // most
    return {"tolerance": f"{thousandths / 1000:g}"} if thousandths < _TOLERATED else {}


def _rules(rules: ScalingRules | None, default: dict[str, Any]) -> dict[str, Any]:
    """Return the rules of one direction: what the spec says, over our default."""
    if rules is None:
        return default
    policies = [{"type": p.type, "value": p.value, "periodSeconds": p.period_seconds} for p in rules.policies or ()]
    tolerance = rules.tolerance_percent
    said = {
        "stabilizationWindowSeconds": rules.stabilization_window_seconds,
        "selectPolicy": rules.select_policy,
        "policies": policies or None,
        "tolerance": None if tolerance is None else f"{tolerance / 100:g}",
    }
    return {**default, **{key: value for key, value in said.items() if value is not None}}
