"""Istio without sidecars: a proxy on every node, and a waypoint in the namespace for what needs HTTP.

Source: https://istio.io/latest/docs/ambient/usage/waypoint/
"""

from typing import Any

from components.manifests.access.authorization import at_the_waypoint, waypoint_denies_by_default
from components.manifests.access.permissions import Callers, permissions
from components.manifests.mesh.destination_rule import destination_rules
from components.manifests.mesh.http_route import http_routes
from components.manifests.mesh.istio import open_metrics, shared_policies
from components.manifests.mesh.telemetry import namespace_telemetry, service_telemetry
from components.manifests.mesh.waypoint import WAYPOINT, waypoint
from components.manifests.objects import Manifest
from schemas.model import Application, Environment, Mesh, Service


def namespace_labels(mesh: Mesh | None, /) -> dict[str, str]:
    """Return the labels that bring pods into the mesh, and what calls them through the waypoint: a gateway's too."""
    revision = {"istio.io/rev": mesh.revision} if mesh is not None and mesh.revision is not None else {}
    through = {"istio.io/use-waypoint": WAYPOINT, "istio.io/ingress-use-waypoint": "true"}
    return {**revision, "istio.io/dataplane-mode": "ambient", **through}


def shared_objects(app: Application, environment: Environment, /) -> list[Manifest]:
    """Return what holds for all services: identity is proven, and a waypoint applies what needs HTTP."""
    policies = [*shared_policies(app, environment), waypoint(app), waypoint_denies_by_default(app)]
    return [*policies, *namespace_telemetry(app, environment)]


def service_objects(
    app: Application, environment: Environment, service: Service, calling: Callers, /
) -> list[Manifest]:
    """Return who may call a service, how the waypoint before it reaches its pods, and what else that does."""
    versions = (service, *service.others.values())
    through = {"targetRefs": [{"group": "", "kind": "Service", "name": one.name} for one in versions]}
    return [
        *at_the_waypoint(app, environment, service, permissions(app, environment, service, calling)),
        *destination_rules(app, service),
        *http_routes(app, service),
        *open_metrics(app, service),
        *service_telemetry(app, environment, service, through),
    ]


def service_fields(_app: Application, _service: Service, /) -> dict[str, Any]:
    """Return nothing: the mesh picks the pods, and does not ask the Service."""
    return {}
