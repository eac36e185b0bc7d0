"""No mesh: Kubernetes alone, which picks a pod for each connection at random."""

from components.manifests.network.policy import Callers
from components.manifests.objects import Manifest
from schemas.model import Application, Environment, Mesh, Service


def namespace_labels(_mesh: Mesh | None, /) -> dict[str, str]:
    """Return no label: there is nothing to join."""
    return {}


def shared_objects(_app: Application, _environment: Environment, /) -> list[Manifest]:
    """Return nothing: no policy of Kubernetes' own is the mesh's."""
    return []


def service_objects(
    _app: Application, _environment: Environment, _service: Service, _calling: Callers, /
) -> list[Manifest]:
    """Return nothing: a Service has no policy."""
    return []
