"""What Istio's proxies write about requests: traces, and lines in the access log.

Istio lays the Telemetry of a service over that of its namespace. Each names its provider, because a filter without one
is no filter.
Source: https://istio.io/latest/docs/reference/config/telemetry/
"""

from typing import Any

from components.manifests.objects import Manifest, manifest
from schemas.model import Application, Environment, LogFilter, Service

_FAILED = (
    "response.code >= 400 || "
    "(request.headers['content-type'].startsWith('application/grpc') && response.grpc_status != 0)"
)
"""Envoy makes up a gRPC status for every response, so it counts only where gRPC is spoken.

Source: https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes
"""


def namespace_telemetry(app: Application, environment: Environment) -> list[Manifest]:
    """Return the Telemetry of a namespace: what the platform wants of whoever says nothing else."""
    monitoring = environment.monitoring
    if monitoring is None or (monitoring.tracing is None and monitoring.access_log is None):
        return []
    spec: dict[str, Any] = {}
    if monitoring.tracing is not None:
        spec["tracing"] = [_tracing(monitoring.tracing.provider, monitoring.tracing.sampling_percent)]
    if monitoring.access_log is not None:
        spec["accessLogging"] = [_access_log(monitoring.access_log.provider, monitoring.access_log.filter)]
    return [{**_head("default", app), "spec": spec}]


def service_telemetry(
    app: Application, environment: Environment, service: Service, proxies: dict[str, Any]
) -> list[Manifest]:
    """Return the Telemetry of a service that says something of its own; `proxies` says whose that is in the mesh."""
    wanted, monitoring = service.observability, environment.monitoring
    if wanted is None or monitoring is None or (wanted.tracing is None and wanted.access_log is None):
        return []
    spec = dict(proxies)
    if wanted.tracing is not None and monitoring.tracing is not None:
        spec["tracing"] = [_tracing(monitoring.tracing.provider, wanted.tracing.sampling_percent)]
    if wanted.access_log is not None and monitoring.access_log is not None:
        spec["accessLogging"] = [_access_log(monitoring.access_log.provider, wanted.access_log.filter)]
    return [{**_head(service.name, app, service), "spec": spec}]


def _head(name: str, app: Application, service: Service | None = None) -> Manifest:
    return manifest("telemetry.istio.io/v1", "Telemetry", name, app, service)


def _tracing(provider: str, percent: float) -> dict[str, Any]:
    return {"providers": [{"name": provider}], "randomSamplingPercentage": percent}


def _access_log(provider: str, requests: LogFilter) -> dict[str, Any]:
    named: dict[str, Any] = {"providers": [{"name": provider}]}
    if requests == "none":
        return {**named, "disabled": True}
    return {**named, "filter": {"expression": _FAILED}} if requests == "errors" else named
