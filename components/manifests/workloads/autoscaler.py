"""The autoscaler of a service."""

from typing import Any

from components.manifests.exemptions import autoscaler_exemptions, exempted
from components.manifests.objects import Manifest, manifest
from schemas.model import Application, Scaling, ScalingRules, Service

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


def autoscaler(app: Application, service: Service, scaling: Scaling) -> Manifest:
    """Return the HorizontalPodAutoscaler of a service.

    It measures the service's own container, so that sidecars do not distort the average.
    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#container-resource-metrics
    """
    targets = {"cpu": scaling.targets.cpu_percent, "memory": scaling.targets.memory_percent}
    metrics = [
        {
            "type": "ContainerResource",
            "containerResource": {
                "container": service.identity,
                "name": resource,
                "target": {"type": "Utilization", "averageUtilization": percent},
            },
        }
        for resource, percent in targets.items()
        if percent is not None
    ]
    kind = "StatefulSet" if service.type == "stateful" else "Deployment"
    behavior = scaling.behavior
    plain = manifest("autoscaling/v2", "HorizontalPodAutoscaler", service.name, app, service)
    return {
        **exempted(plain, autoscaler_exemptions(scaling)),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": service.name},
            "minReplicas": scaling.min,
            "maxReplicas": scaling.max,
            "metrics": metrics,
            "behavior": {
                "scaleUp": _rules(behavior.scale_up if behavior else None, _UP),
                "scaleDown": _rules(behavior.scale_down if behavior else None, _DOWN),
            },
        },
    }


def _rules(rules: ScalingRules | None, default: dict[str, Any]) -> dict[str, Any]:
    """Return the rules of one direction: what the spec says, over our default."""
    if rules is None:
        return default
    policies = [{"type": p.type, "value": p.value, "periodSeconds": p.period_seconds} for p in rules.policies or ()]
    said = {
        "stabilizationWindowSeconds": rules.stabilization_window_seconds,
        "selectPolicy": rules.select_policy,
        "policies": policies or None,
    }
    return {**default, **{key: value for key, value in said.items() if value is not None}}
