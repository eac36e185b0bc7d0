"""No mesh: Kubernetes alone, which picks a pod for each connection at random."""

from typing import Any

from components.manifests.access.permissions import Callers
from components.manifests.network.service import pods_of
from components.manifests.network.shares import sole_version
from components.manifests.objects import Manifest, version_selector
from schemas.model import MAIN, Application, Environment, Mesh, Service


def namespace_labels(_mesh: Mesh | None, /) -> dict[str, str]:
    """Return no label: there is nothing to join."""
    return {}


def shared_objects(_app: Application, _environment: Environment, /) -> list[Manifest]:
    """Return nothing: no policy of Kubernetes' own is the mesh's."""
    return []


def service_objects(
    app: Application, _environment: Environment, service: Service, _calling: Callers, /
) -> list[Manifest]:
    """Return the Service at which callers choose a pod themselves, where a port asks for it."""
    every = pods_of(app, service, version_selector(app, service, sole_version(service)))
    return [every] if every is not None else []


def service_fields(app: Application, service: Service, /) -> dict[str, Any]:
    """Return what the Service says: that a caller's address always leads to one pod, and which version gets all calls.

    Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity
    """
    balancing = service.traffic.load_balancing
    alike = balancing.consistent_hash if balancing else None
    version = sole_version(service)
    return {
        **({"sessionAffinity": "ClientIP"} if alike and alike.source_address else {}),
        **({"selector": version_selector(app, service, version)} if version != MAIN else {}),
    }
