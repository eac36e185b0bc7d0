"""A mesh that follows the Gateway API, such as Linkerd or Cilium: routes whose parent is a Service.

Source: https://gateway-api.sigs.k8s.io/mesh/
"""

from components.manifests.network.policy import Callers
from components.manifests.objects import Manifest
from schemas.model import Application, Environment, Mesh, Service


def namespace_labels(_mesh: Mesh | None, /) -> dict[str, str]:
    """Return no label: the API does not say how pods join a mesh, so the platform sees to it."""
    return {}


def shared_objects(_app: Application, _environment: Environment, /) -> list[Manifest]:
    """Return nothing: the API has no policy of a namespace."""
    return []


def service_objects(
    _app: Application, _environment: Environment, _service: Service, _calling: Callers, /
) -> list[Manifest]:
    """Return nothing: no service asks for anything yet."""
    return []
