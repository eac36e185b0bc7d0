"""Istio without sidecars: a proxy on every node, and a waypoint in the namespace for what needs HTTP.

Source: https://istio.io/latest/docs/ambient/usage/waypoint/
"""

from typing import Any

from components.manifests.mesh.destination_rule import destination_rule
from components.manifests.mesh.http_route import http_routes
from components.manifests.mesh.istio import open_metrics, strict_mtls
from components.manifests.mesh.telemetry import namespace_telemetry, service_telemetry
from components.manifests.network.policy import Callers
from components.manifests.objects import Manifest, manifest
from schemas.model import Application, Environment, Mesh, Service

WAYPOINT = "waypoint"
"""The name of the namespace's waypoint."""

_HBONE = 15008
"""The port of Istio's tunnel."""


def namespace_labels(mesh: Mesh | None, /) -> dict[str, str]:
    """Return the labels that bring pods into the mesh, and their traffic through the waypoint."""
    revision = {"istio.io/rev": mesh.revision} if mesh is not None and mesh.revision is not None else {}
    return {**revision, "istio.io/dataplane-mode": "ambient", "istio.io/use-waypoint": WAYPOINT}


def shared_objects(app: Application, environment: Environment, /) -> list[Manifest]:
    """Return what holds for all services: identity is proven, and a waypoint applies what needs HTTP."""
    return [strict_mtls(app), _waypoint(app), *namespace_telemetry(app, environment)]


def service_objects(
    app: Application, environment: Environment, service: Service, _calling: Callers, /
) -> list[Manifest]:
    """Return how the waypoint reaches a service's pods, and what else it does; it stands before the Service."""
    waypoint = {"targetRefs": [{"group": "", "kind": "Service", "name": service.name}]}
    rule = destination_rule(app, service)
    reached = [*http_routes(app, service), *([rule] if rule is not None else [])]
    return [*reached, *open_metrics(app, service), *service_telemetry(app, environment, service, waypoint)]


def service_fields(_service: Service, /) -> dict[str, Any]:
    """Return nothing: the mesh picks the pods, and does not ask the Service."""
    return {}


def _waypoint(app: Application) -> Manifest:
    head = manifest("gateway.networking.k8s.io/v1", "Gateway", WAYPOINT, app)
    head["metadata"]["labels"]["istio.io/waypoint-for"] = "service"
    listener = {"name": "mesh", "port": _HBONE, "protocol": "HBONE"}
    return {**head, "spec": {"gatewayClassName": "istio-waypoint", "listeners": [listener]}}
