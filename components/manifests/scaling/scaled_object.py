"""KEDA's ScaledObject: an autoscaler by what Prometheus counts and by the clock, down to none and up again."""

from typing import Any

from components.manifests.objects import Manifest, manifest
from components.manifests.scaling.behavior import behavior
from components.manifests.scaling.floor import window_triggers
from components.manifests.scaling.measures import measures
from components.manifests.scaling.target import scaled
from components.manifests.scaling.trigger import Trigger, cron_trigger, prometheus_trigger
from schemas.model import Application, Environment, Scaling, Service
from schemas.values.schedules import crons

POLLING_SECONDS = 15
"""As often as Kubernetes' autoscaler looks; KEDA's own 30 would only make a service without pods wake later."""


def scaled_object(app: Application, environment: Environment, service: Service, scaling: Scaling) -> Manifest:
    """Return the ScaledObject of a service, which makes a HorizontalPodAutoscaler of its own.

    While one kind of autoscaler follows the other, both are there for some seconds: Kubernetes moves nothing meanwhile,
    so the number of pods stays, and KEDA's check that there is no other is off.
    Source: https://keda.sh/docs/2.20/reference/scaledobject-spec/
    """
    head = manifest("keda.sh/v1alpha1", "ScaledObject", service.name, app, service)
    head["metadata"]["annotations"] = {"validations.keda.sh/hpa-ownership": "false"}
    rules = behavior(scaling, environment.versions)
    triggers = [
        *_of_resources(service, scaling),
        *_of_measures(app, environment, service, scaling),
        *_of_schedules(scaling),
        *window_triggers(app, environment, service, scaling),
    ]
    return {
        **head,
        "spec": {
            "scaleTargetRef": scaled(service),
            "pollingInterval": POLLING_SECONDS,
            # The last pod goes after as long a calm as any other.
            "cooldownPeriod": rules["scaleDown"]["stabilizationWindowSeconds"],
            "minReplicaCount": scaling.min,
            "maxReplicaCount": scaling.max,
            **_fallback(scaling, triggers),
            "advanced": {"horizontalPodAutoscalerConfig": {"behavior": rules}},
            "triggers": triggers,
        },
    }


def _fallback(scaling: Scaling, triggers: list[Trigger]) -> dict[str, Any]:
    """Return what holds while Prometheus does not answer: the pods that there are, and never fewer than is said."""
    if not any(trigger["type"] == "prometheus" for trigger in triggers):
        return {}
    fewest = scaling.fallback_replicas or max(scaling.min, 1)
    return {"fallback": {"failureThreshold": 3, "replicas": fewest, "behavior": "currentReplicasIfHigher"}}


def _of_resources(service: Service, scaling: Scaling) -> list[Trigger]:
    targets = {"cpu": scaling.targets.cpu_percent, "memory": scaling.targets.memory_percent}
    return [
        {
            "type": resource,
            "name": resource,
            "metricType": "Utilization",
            "metadata": {"value": str(percent), "containerName": service.identity},
        }
        for resource, percent in targets.items()
        if percent is not None
    ]


def _of_measures(app: Application, environment: Environment, service: Service, scaling: Scaling) -> list[Trigger]:
    return [
        prometheus_trigger(environment, one.name, one.query, one.per_replica)
        for one in measures(app, environment, service, scaling)
    ]


def _of_schedules(scaling: Scaling) -> list[Trigger]:
    return [
        cron_trigger(name, schedule.time_zone, *crons(schedule), schedule.min)
        for name, schedule in sorted(scaling.schedules.items())
    ]
