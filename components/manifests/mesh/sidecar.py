"""Istio with sidecars: a proxy in every pod.

Source: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
"""

from typing import Any

from components.manifests.access.authorization import at_the_pods
from components.manifests.access.permissions import Callers, permissions
from components.manifests.mesh.destination_rule import destination_rules
from components.manifests.mesh.istio import open_metrics, shared_policies
from components.manifests.mesh.telemetry import namespace_telemetry, service_telemetry
from components.manifests.mesh.virtual_service import virtual_service
from components.manifests.objects import Manifest, service_pods
from schemas.model import Application, Environment, Mesh, Service


def namespace_labels(mesh: Mesh | None, /) -> dict[str, str]:
    """Return the label by which Istio adds its proxy to every pod: that of a revision, when the platform names one."""
    if mesh is not None and mesh.revision is not None:
        return {"istio.io/rev": mesh.revision}
    return {"istio-injection": "enabled"}


def shared_objects(app: Application, environment: Environment, /) -> list[Manifest]:
    """Return what holds for all services: identity is proven, nobody may call, and what proxies write of requests."""
    return [*shared_policies(app, environment), *namespace_telemetry(app, environment)]


def service_objects(
    app: Application, environment: Environment, service: Service, calling: Callers, /
) -> list[Manifest]:
    """Return who may call a service, how callers reach it, and what else its own proxies do."""
    proxies = {"selector": {"matchLabels": service_pods(app.name, service.name)}}
    return [
        *at_the_pods(app, environment, service, permissions(app, environment, service, calling)),
        *destination_rules(app, service),
        *([route] if (route := virtual_service(app, service)) is not None else []),
        *open_metrics(app, service),
        *service_telemetry(app, environment, service, proxies),
    ]


def service_fields(_app: Application, _service: Service, /) -> dict[str, Any]:
    """Return nothing: the mesh picks the pods, and does not ask the Service."""
    return {}
