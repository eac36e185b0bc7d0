"""Kubernetes' own autoscaler: by what containers use."""

from typing import Any

from components.manifests.exemptions import autoscaler_exemptions, exempted
from components.manifests.objects import Manifest, manifest
from components.manifests.scaling.behavior import behavior
from components.manifests.scaling.target import scaled
from schemas.model import Application, Environment, Scaling, Service


def horizontal_pod_autoscaler(
    app: Application, environment: Environment, service: Service, scaling: Scaling
) -> Manifest:
    """Return the HorizontalPodAutoscaler of a service.

    It measures the service's own container, so that sidecars do not distort the average.
    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#container-resource-metrics
    """
    targets = {"cpu": scaling.targets.cpu_percent, "memory": scaling.targets.memory_percent}
    metrics: list[dict[str, Any]] = [
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
    plain = manifest("autoscaling/v2", "HorizontalPodAutoscaler", service.name, app, service)
    return {
        **exempted(plain, autoscaler_exemptions(scaling)),
        "spec": {
            "scaleTargetRef": scaled(service),
            "minReplicas": scaling.min,
            "maxReplicas": scaling.max,
            "metrics": metrics,
            "behavior": behavior(scaling, environment.versions),
        },
    }
