"""The Deployment or StatefulSet of a service."""

from collections.abc import Mapping
from typing import Any

from components.manifests.network.service import headless_name
from components.manifests.objects import Leaf, Manifest, labels, manifest, selector
from components.manifests.pods.containers import service_container, side_containers
from components.manifests.pods.mounts import mounts
from components.manifests.pods.probes import startup_probe
from components.manifests.pods.template import pod_spec, secret_marks, spread
from components.manifests.workloads.claim import claim_templates, retention
from schemas.model import Application, Environment, Service
from schemas.quantity import seconds

_REASON_REPLICAS = "the autoscaler owns the number of pods"


def workload(
    app: Application, environment: Environment, service: Service, image: Leaf, digests: Mapping[str, Leaf]
) -> Manifest:
    """Return what runs a service's pods.

    It leaves ``spec.replicas`` out when the service autoscales: the autoscaler owns that field.
    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
    """
    stateful = service.type == "stateful"
    head = manifest("apps/v1", "StatefulSet" if stateful else "Deployment", service.name, app, service)
    if service.scaling is not None:
        exempt = {"polaris.fairwinds.com/deploymentMissingReplicas-exempt": "true"}
        head["metadata"]["annotations"] = {**exempt, "stackwright.dev/replicas": _REASON_REPLICAS}
    replicas = {} if service.fixed_replicas is None else {"replicas": service.fixed_replicas}
    return {
        **head,
        "spec": {
            **replicas,
            "revisionHistoryLimit": 3,
            "minReadySeconds": service.rollout.min_ready_seconds,
            "selector": {"matchLabels": selector(app, service.name)},
            **(_stateful(app, environment, service) if stateful else _deployment(service)),
            "template": _template(app, environment, service, image, digests),
        },
    }


def rollout_seconds(service: Service) -> int:
    """Return how long a rollout may take before it counts as failed, from what the spec allows a pod.

    Pods are replaced one after another, each with the time it may take to become ready, to stay so, and to end.
    """
    per_pod = _start_seconds(service) + service.rollout.min_ready_seconds + service.shutdown.grace_seconds
    return max(60, per_pod * max(1, service.fewest_replicas)) + 60


def _start_seconds(service: Service) -> int:
    startup = startup_probe(service.probes)
    return startup.patience_seconds if startup else 30


def _deadline(service: Service) -> int:
    """Return how long a Deployment may stand still, in seconds."""
    if service.rollout.progress_deadline is not None:
        return seconds(service.rollout.progress_deadline)
    return _start_seconds(service) + service.rollout.min_ready_seconds + 60


def _deployment(service: Service) -> dict[str, Any]:
    rollout = service.rollout
    strategy: dict[str, Any] = {"type": "Recreate"}
    if rollout.strategy == "rolling":
        surge = 1 if rollout.max_surge is None else rollout.max_surge
        away = 0 if rollout.max_unavailable is None else rollout.max_unavailable
        strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": away}}
    return {"progressDeadlineSeconds": _deadline(service), "strategy": strategy}


def _stateful(app: Application, environment: Environment, service: Service) -> dict[str, Any]:
    return {
        "serviceName": headless_name(service),
        "podManagementPolicy": "OrderedReady",
        "updateStrategy": {"type": "OnDelete" if service.rollout.strategy == "recreate" else "RollingUpdate"},
        **retention(service),
        **claim_templates(app, environment, service),
    }


def _template(
    app: Application, environment: Environment, service: Service, image: Leaf, digests: Mapping[str, Leaf]
) -> dict[str, Any]:
    mounted = mounts(app, service)
    container = service_container(app, service, image, mounted)
    spec = pod_spec(environment, service, [container], mounted)
    beside = side_containers(app, service, image)
    sides = [*service.sidecars.values(), *service.init_containers.values()]
    marks = secret_marks(service, [service.env, *(side.env for side in sides)], digests)
    annotations = {**service.annotations, **marks}
    return {
        "metadata": {
            "labels": labels(app, service.name, service),
            **({"annotations": annotations} if annotations else {}),
        },
        "spec": {
            **spec,
            **({"initContainers": beside} if beside else {}),
            **spread(app, service),
            "terminationGracePeriodSeconds": service.shutdown.grace_seconds,
        },
    }
