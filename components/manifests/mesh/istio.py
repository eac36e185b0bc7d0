"""What both forms of Istio share: identity between services is proven, and nothing is sent in plain text."""

from components.manifests.monitoring.monitor import metrics_port
from components.manifests.objects import SERVICE, Manifest, manifest
from schemas.model import Application, Service


def strict_mtls(app: Application) -> Manifest:
    """Return the PeerAuthentication that refuses plain text in the application's namespace.

    Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/
    """
    head = manifest("security.istio.io/v1", "PeerAuthentication", "default", app)
    return {**head, "spec": {"mtls": {"mode": "STRICT"}}}


def open_metrics(app: Application, service: Service) -> list[Manifest]:
    """Return the PeerAuthentication that lets Prometheus, which need not be in the mesh, read a service's metrics."""
    metrics = service.observability.metrics if service.observability else None
    if metrics is None:
        return []
    number = service.ports[metrics_port(service, metrics)].container_port
    head = manifest("security.istio.io/v1", "PeerAuthentication", service.name, app, service)
    spec = {
        "selector": {"matchLabels": {SERVICE: service.name, "app.kubernetes.io/part-of": app.name}},
        "mtls": {"mode": "STRICT"},
        # Istio takes the key as text, and the number of the pod's port.
        "portLevelMtls": {str(number): {"mode": "PERMISSIVE"}},
    }
    return [{**head, "spec": spec}]
