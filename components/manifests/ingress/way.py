"""The way in that an environment has: each is a module, and this picks one."""

from typing import Protocol

from components.manifests.ingress import gateway_api, istio, kubernetes
from components.manifests.ingress.certificate import certificate
from components.manifests.ingress.intent import Site, sites
from components.manifests.objects import Manifest
from schemas.model import Application, Environment, IngressClass


class _Way(Protocol):
    def objects(self, app: Application, way: IngressClass, sites: list[Site], /) -> list[Manifest]:
        """Return what leads from hosts to services."""


_WAYS: dict[str, _Way] = {"ingress": kubernetes, "gateway": gateway_api, "istio": istio}


def ingress_objects(app: Application, environment: Environment) -> list[Manifest]:
    """Return the objects that lead from the application's hosts to its services, or none without an ingress."""
    way = environment.ingress
    if app.ingress is None or way is None:
        return []
    asked = sites(app, environment)
    made = certificate(app, way.tls, asked) if way.tls is not None else []
    return [*made, *_WAYS[way.kind].objects(app, way, asked)]
