"""Pulumi components, and in `components.manifests` the pure builders they register.

The components are handed out lazily, so that whoever needs the builders alone never loads Pulumi.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from components.autoscaled_service import AutoscaledService
    from components.mesh_ingress import MeshIngress
    from components.microservice_stack import MicroserviceStack
    from components.service_image import ServiceImage

__all__ = ["AutoscaledService", "MeshIngress", "MicroserviceStack", "ServiceImage"]

_HOMES = {
    "AutoscaledService": "components.autoscaled_service",
    "MeshIngress": "components.mesh_ingress",
    "MicroserviceStack": "components.microservice_stack",
    "ServiceImage": "components.service_image",
}


def __getattr__(name: str) -> Any:
    """Return a component, loading Pulumi only now."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
