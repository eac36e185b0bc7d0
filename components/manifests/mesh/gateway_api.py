"""A mesh that follows the Gateway API, such as Linkerd or Cilium: routes whose parent is a Service.

Source: https://gateway-api.sigs.k8s.io/mesh/
"""

from typing import Any

from components.manifests.access.permissions import Callers
from components.manifests.mesh.http_route import http_routes
from components.manifests.objects import Manifest
from schemas.model import Application, Environment, Mesh, Service


def namespace_labels(_mesh: Mesh | None, /) -> dict[str, str]:
    """Return no label: the API does not say how pods join a mesh, so the platform sees to it."""
    return {}


def shared_objects(_app: Application, _environment: Environment, /) -> list[Manifest]:
    """Return nothing: the API has no policy of a namespace."""
    return []


def service_objects(
    app: Application, _environment: Environment, service: Service, _calling: Callers, /
) -> list[Manifest]:
    """Return how callers reach a service: routes for requests."""
    return http_routes(app, service)


def service_fields(_app: Application, _service: Service, /) -> dict[str, Any]:
    """Return nothing: the mesh picks the pods, and does not ask the Service."""
    return {}
