"""What an autoscaler scales."""

from schemas.model import Service


def scaled(service: Service) -> dict[str, str]:
    """Return the reference to a service's workload."""
    kind = "StatefulSet" if service.type == "stateful" else "Deployment"
    return {"apiVersion": "apps/v1", "kind": kind, "name": service.name}
