"""Who reads a service's metrics: a ServiceMonitor where its Service has the port, a PodMonitor where it has not.

Source: https://prometheus-operator.dev/docs/developer/getting-started/
"""

from typing import Any

from components.manifests.monitoring.selected import selected
from components.manifests.objects import SERVICE, Manifest
from schemas.model import Application, Environment, Metrics, Monitoring, Service

_PROXIES = "mesh-proxies"
"""The name of the PodMonitor of a namespace's proxies."""

_PROXY_PORT = "http-envoy-prom"
"""The port under which Istio's proxies, in sidecars and in waypoints, give their metrics."""


def monitor(app: Application, monitoring: Monitoring, service: Service) -> Manifest | None:
    """Return what has a service's own metrics read, or nothing when it gives none.

    Either makes `job` the service's name, which is by what the recording rules find its series.
    """
    metrics = service.observability.metrics if service.observability else None
    if metrics is None:
        return None
    name = metrics_port(service, metrics)
    endpoint: dict[str, Any] = {"port": name, "path": metrics.path}
    if metrics.interval is not None:
        endpoint["interval"] = metrics.interval
    part_of = {"app.kubernetes.io/part-of": app.name}
    # Versions have Services of their own, and their pods one label.
    if service.ports[name].expose and not service.others:
        # A stateful service has two Services, which differ in this label: one of them is read.
        chosen = {"app.kubernetes.io/instance": service.name, **part_of}
        spec = {"jobLabel": "app.kubernetes.io/name", "selector": {"matchLabels": chosen}, "endpoints": [endpoint]}
        return {**selected("ServiceMonitor", service.name, app, monitoring, service), "spec": spec}
    chosen = {SERVICE: service.name, **part_of}
    spec = {"jobLabel": SERVICE, "selector": {"matchLabels": chosen}, "podMetricsEndpoints": [endpoint]}
    return {**selected("PodMonitor", service.name, app, monitoring, service), "spec": spec}


def metrics_port(service: Service, metrics: Metrics) -> str:
    """Return the name of the port that answers with a service's metrics. The rules have made sure that there is one."""
    if isinstance(metrics.port, str):
        return metrics.port
    return next(name for name, port in service.ports.items() if port.container_port == metrics.port)


def proxy_monitor(app: Application, environment: Environment, monitoring: Monitoring) -> Manifest | None:
    """Return what has the metrics of the mesh's proxies in a namespace read, where applications see to that.

    Source: https://istio.io/latest/docs/ops/integrations/prometheus/
    """
    mesh = environment.mesh
    if not monitoring.proxies or mesh is None or not mesh.kind.startswith("istio-"):
        return None
    spec = {"selector": {}, "podMetricsEndpoints": [{"port": _PROXY_PORT, "path": "/stats/prometheus"}]}
    return {**selected("PodMonitor", _PROXIES, app, monitoring), "spec": spec}
