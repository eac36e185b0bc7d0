"""Kubernetes' own autoscaler: by what containers use, and by what prometheus-adapter tells it."""

from typing import Any

from components.manifests.exemptions import autoscaler_exemptions, exempted
from components.manifests.objects import Manifest, manifest
from components.manifests.scaling.behavior import behavior
from components.manifests.scaling.measures import measures
from components.manifests.scaling.target import scaled
from schemas.model import Application, Environment, Scaling, Service
from schemas.values.quantity import thousandths

Metric = dict[str, Any]


def horizontal_pod_autoscaler(
    app: Application, environment: Environment, service: Service, scaling: Scaling
) -> Manifest:
    """Return the HorizontalPodAutoscaler of a service.

    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
    """
    metrics = [*_of_resources(service, scaling), *_of_measures(app, environment, service, scaling)]
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


def _of_resources(service: Service, scaling: Scaling) -> list[Metric]:
    """Return a metric for each resource: of the service's own container, so that sidecars do not distort the average.

    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#container-resource-metrics
    """
    targets = {"cpu": scaling.targets.cpu_percent, "memory": scaling.targets.memory_percent}
    return [
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


def _of_measures(app: Application, environment: Environment, service: Service, scaling: Scaling) -> list[Metric]:
    """Return a metric for each number of Prometheus. While one is unknown, the autoscaler takes no pods away.

    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#scaling-on-multiple-metrics
    """
    return [
        {
            "type": "External",
            "external": {
                "metric": {"name": one.metric, "selector": {"matchLabels": dict(one.labels)}},
                "target": {"type": "AverageValue", "averageValue": thousandths(one.per_replica)},
            },
        }
        for one in measures(app, environment, service, scaling)
    ]
