"""Which mesh there is decides who writes an application's policy: the back ends, and what each has to offer."""

from collections.abc import Mapping
from typing import Any, Protocol

from components.manifests.access.permissions import Callers
from components.manifests.mesh import ambient, gateway_api, plain, sidecar
from components.manifests.objects import Manifest
from schemas.model import Application, Environment, Mesh, Service


class Backend(Protocol):
    """One way to write what a spec asks of traffic; the modules of this folder are the back ends."""

    def namespace_labels(self, mesh: Mesh | None, /) -> dict[str, str]:
        """Return the labels that bring a namespace's pods into the mesh."""

    def shared_objects(self, app: Application, environment: Environment, /) -> list[Manifest]:
        """Return what holds for all services of an application."""

    def service_objects(
        self, app: Application, environment: Environment, service: Service, calling: Callers, /
    ) -> list[Manifest]:
        """Return what holds for one service: how its callers reach it."""

    def service_fields(self, app: Application, service: Service, /) -> dict[str, Any]:
        """Return the fields of a service's Service that say how its pods are picked."""


_BACKENDS: Mapping[str, Backend] = {
    "istio-sidecar": sidecar,
    "istio-ambient": ambient,
    "gateway-api": gateway_api,
}


def backend(environment: Environment) -> Backend:
    """Return the back end of an environment's mesh; without a mesh, the one for plain Kubernetes."""
    return plain if environment.mesh is None else _BACKENDS[environment.mesh.kind]
