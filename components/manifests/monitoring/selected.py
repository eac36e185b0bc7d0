"""The kinds of prometheus-operator, which it reads only when they carry the platform's labels."""

from components.manifests.objects import Manifest, manifest
from schemas.model import Application, Monitoring, Service


def selected(
    kind: str, name: str, app: Application, monitoring: Monitoring, service: Service | None = None
) -> Manifest:
    """Return the head of an object that the platform's Prometheus picks.

    The platform's labels win over the application's: with another value the object would be overlooked in silence.
    """
    head = manifest("monitoring.coreos.com/v1", kind, name, app, service)
    head["metadata"]["labels"] |= monitoring.labels
    return head
