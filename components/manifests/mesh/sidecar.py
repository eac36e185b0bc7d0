"""Istio with sidecars: a proxy in every pod.

Source: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
"""

from components.manifests.mesh.istio import strict_mtls
from components.manifests.network.policy import Callers
from components.manifests.objects import Manifest
from schemas.model import Application, Environment, Mesh, Service


def namespace_labels(mesh: Mesh | None, /) -> dict[str, str]:
    """Return the label by which Istio adds its proxy to every pod: that of a revision, when the platform names one."""
    if mesh is not None and mesh.revision is not None:
        return {"istio.io/rev": mesh.revision}
    return {"istio-injection": "enabled"}


def shared_objects(app: Application, _environment: Environment, /) -> list[Manifest]:
    """Return what holds for all services: identity is proven."""
    return [strict_mtls(app)]


def service_objects(
    _app: Application, _environment: Environment, _service: Service, _calling: Callers, /
) -> list[Manifest]:
    """Return nothing: no service asks for anything yet."""
    return []
