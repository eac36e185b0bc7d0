"""Which autoscaler a service has."""

from components.manifests.objects import Manifest
from components.manifests.scaling.horizontal_pod_autoscaler import horizontal_pod_autoscaler
from components.manifests.scaling.scaled_object import scaled_object
from components.manifests.scaling.vertical_pod_autoscaler import vertical_pod_autoscaler
from schemas.model import Application, Environment, Scaling, Service


def autoscalers(app: Application, environment: Environment, service: Service) -> list[Manifest]:
    """Return what scales a service, and what recommends its size where the platform has it.

    It is Kubernetes' own autoscaler where that is enough, else KEDA's.
    """
    found = []
    if service.scaling is not None:
        kind = scaled_object if _by_keda(environment, service.scaling) else horizontal_pod_autoscaler
        found.append(kind(app, environment, service, service.scaling))
    if environment.recommends_sizes:
        found.append(vertical_pod_autoscaler(app, service))
    return found


def _by_keda(environment: Environment, scaling: Scaling) -> bool:
    """Return whether KEDA scales: what Prometheus counts it takes before prometheus-adapter, for it has a fallback."""
    measured = scaling.needs_prometheus or scaling.plan is not None
    return scaling.needs_keda or (measured and environment.has_keda)
