"""Istio with sidecars: a proxy in every pod.

Source: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
"""

from typing import Any

from components.manifests.mesh.destination_rule import destination_rule
from components.manifests.mesh.istio import open_metrics, strict_mtls
from components.manifests.mesh.telemetry import namespace_telemetry, service_telemetry
from components.manifests.mesh.virtual_service import virtual_service
from components.manifests.network.policy import Callers
from components.manifests.objects import SERVICE, Manifest
from schemas.model import Application, Environment, Mesh, Service


def namespace_labels(mesh: Mesh | None, /) -> dict[str, str]:
    """Return the label by which Istio adds its proxy to every pod: that of a revision, when the platform names one."""
    if mesh is not None and mesh.revision is not None:
        return {"istio.io/rev": mesh.revision}
    return {"istio-injection": "enabled"}


def shared_objects(app: Application, environment: Environment, /) -> list[Manifest]:
    """Return what holds for all services: identity is proven, and what proxies write about requests."""
    return [strict_mtls(app), *namespace_telemetry(app, environment)]


def service_objects(
    app: Application, environment: Environment, service: Service, _calling: Callers, /
) -> list[Manifest]:
    """Return how callers reach a service, and what its own proxies do otherwise than the namespace's."""
    proxies = {"selector": {"matchLabels": {SERVICE: service.name, "app.kubernetes.io/part-of": app.name}}}
    reached = [one for one in (virtual_service(app, service), destination_rule(app, service)) if one is not None]
    return [*reached, *open_metrics(app, service), *service_telemetry(app, environment, service, proxies)]


def service_fields(_service: Service, /) -> dict[str, Any]:
    """Return nothing: the mesh picks the pods, and does not ask the Service."""
    return {}
