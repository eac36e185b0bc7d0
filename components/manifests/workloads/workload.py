"""The Deployment or StatefulSet of a service."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from components.manifests.exemptions import exempted_too, service_exemptions
from components.manifests.network.service import headless_name
from components.manifests.objects import Leaf, Manifest, manifest, pod_labels, selector
from components.manifests.pods.containers import service_container, side_containers
from components.manifests.pods.mounts import mounts
from components.manifests.pods.probes import start_seconds
from components.manifests.pods.template import pod_spec, secret_marks, spread
from components.manifests.workloads.claim import claim_templates, retention
from schemas.model import Application, Environment, Service
from schemas.release.rollouts import NEXT
from schemas.values.quantity import seconds

STAGE = "stackwright.dev/rollout"
"""The annotation that says how far a rollout in steps has come."""

_LONGEST_ROLLOUT = 2 * 60 * 60
"""In seconds."""


def workload(
    app: Application, environment: Environment, service: Service, image: Leaf, digests: Mapping[str, Leaf]
) -> Manifest:
    """Return what runs a service's pods.

    It leaves ``spec.replicas`` out when the service autoscales: the autoscaler owns that field.
    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
    """
    stateful = service.type == "stateful"
    plain = manifest("apps/v1", "StatefulSet" if stateful else "Deployment", service.name, app, service)
    if service.version_of in app.stages and service.version == NEXT:
        plain["metadata"]["annotations"] = {STAGE: app.stages[service.identity]}
    head = exempted_too(plain, service_exemptions(service))
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

    Pods are replaced in steps, each with the time they may take to become ready, to stay so, and to end. The bound is
    two hours, because a run that waits longer is one that nobody watches; but Kubernetes' own deadline, which tells
    the reason, is always over first.
    """
    step = start_seconds(service) + service.rollout.min_ready_seconds + service.shutdown.grace_seconds
    return max(min(step * _steps(service) + 60, _LONGEST_ROLLOUT), _deadline(service) + 60)


def _steps(service: Service) -> int:
    """Return how many times a rollout waits for pods. An autoscaler may have brought all the pods it can."""
    pods = service.scaling.max if service.scaling else service.fixed_replicas or 0
    if service.type == "stateful":
        return max(1, pods)
    if service.rollout.strategy == "recreate":
        return 1
    surge = _pods(service.rollout.max_surge, 1, pods, math.ceil)
    away = _pods(service.rollout.max_unavailable, 0, pods, math.floor)
    return max(1, math.ceil(pods / max(1, surge + away)))


def _pods(given: int | str | None, default: int, of: int, rounded: Callable[[float], int]) -> int:
    """Return a number of pods; a percentage is rounded as Kubernetes does, a surge up and an absence down."""
    if isinstance(given, str):
        return rounded(of * int(given.rstrip("%")) / 100)
    return default if given is None else given


def _deadline(service: Service) -> int:
    """Return how long a Deployment may stand still, in seconds."""
    if service.rollout.progress_deadline is not None:
        return seconds(service.rollout.progress_deadline)
    return start_seconds(service) + service.rollout.min_ready_seconds + 60


def _deployment(service: Service) -> dict[str, Any]:
    rollout = service.rollout
    strategy: dict[str, Any] = {"type": "Recreate"}
    if rollout.strategy != "recreate":
        surge = 1 if rollout.max_surge is None else rollout.max_surge
        away = 0 if rollout.max_unavailable is None else rollout.max_unavailable
        strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": away}}
    return {"progressDeadlineSeconds": _deadline(service), "strategy": strategy}


def _stateful(app: Application, environment: Environment, service: Service) -> dict[str, Any]:
    return {
        "serviceName": headless_name(service),
        "podManagementPolicy": "OrderedReady",
        # The other strategy, OnDelete, would wait for somebody to delete the pods, whatever the spec says.
        "updateStrategy": {"type": "RollingUpdate"},
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
            "labels": pod_labels(app, service),
            **({"annotations": annotations} if annotations else {}),
        },
        "spec": {
            **spec,
            **({"initContainers": beside} if beside else {}),
            **spread(app, service),
            "terminationGracePeriodSeconds": service.shutdown.grace_seconds,
        },
    }
