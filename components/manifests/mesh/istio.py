"""What both forms of Istio share: identity is proven, nothing is sent in plain text, and nobody may call."""

from components.manifests.access.authorization import deny_by_default, gateway_policy
from components.manifests.access.permissions import has_own_gateway
from components.manifests.monitoring.monitor import metrics_port
from components.manifests.objects import Manifest, manifest, service_pods
from schemas.model import Application, Environment, Service


def shared_policies(app: Application, environment: Environment) -> list[Manifest]:
    """Return the policies of a namespace, which hold for every pod in it."""
    gateway = [gateway_policy(app)] if app.ingress is not None and has_own_gateway(environment) else []
    return [strict_mtls(app), deny_by_default(app), *gateway]


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
        "selector": {"matchLabels": service_pods(app.name, service.name)},
        "mtls": {"mode": "STRICT"},
        # Istio takes the key as text, and the number of the pod's port.
        "portLevelMtls": {str(number): {"mode": "PERMISSIVE"}},
    }
    return [{**head, "spec": spec}]
