"""Probes of a container."""

from collections.abc import Mapping
from typing import Any

import msgspec

from schemas.model import Port, Probe, Probes, Service
from schemas.model.container import TcpSocket

_STARTUP_TRIES = 60
_STARTUP_PERIOD_SECONDS = 2
_QUIET_START_SECONDS = 30
"""How long a pod may take that nobody asks whether it has started."""


def service_probes(service: Service) -> dict[str, Any]:
    """Return the probes of a service's own container: the spec's, and a readiness check where it says none."""
    default = default_readiness(service)
    found = {} if default is None else {"readinessProbe": _probe(default, service.ports)}
    return found | probes(service.probes, service.ports)


def default_readiness(service: Service) -> Probe | None:
    """Return the readiness check of a service that says none: its first port for callers accepts connections.

    Without one a rollout would end the old pods while the new ones do not listen yet. It restarts nothing. Several
    replicas with a name each go without: one that listens only once its peers are there would hold them up for ever.
    """
    port = next((name for name, one in service.exposed_ports.items() if one.protocol == "TCP"), None)
    said = service.probes is not None and (service.probes.readiness or _asks_tcp(service.probes.liveness))
    peers = service.type == "stateful" and service.fewest_replicas > 1
    if port is None or said or peers:
        return None
    return Probe(tcp_socket=TcpSocket(port=port), period_seconds=5, timeout_seconds=2, failure_threshold=3)


def start_seconds(service: Service) -> int:
    """Return how long a pod may take until it is ready."""
    startup = startup_probe(service.probes)
    if startup is not None:
        return startup.patience_seconds
    return _QUIET_START_SECONDS if default_readiness(service) is None else _STARTUP_TRIES * _STARTUP_PERIOD_SECONDS


def sidecar_probes(checks: Probes | None, ports: Mapping[str, Port]) -> dict[str, Any]:
    """Return the probes of a container beside the service, which ask ports by number.

    Kubernetes looks for a port's name in the container that is asked, and the names are the service's own.
    """
    found = probes(checks, ports)
    for probe in found.values():
        handler = probe.get("httpGet") or probe.get("tcpSocket")
        if handler is not None and isinstance(handler["port"], str):
            handler["port"] = ports[handler["port"]].container_port
    return found


def probes(checks: Probes | None, ports: Mapping[str, Port]) -> dict[str, Any]:
    """Return a container's probes."""
    if checks is None:
        return {}
    found = {
        "startupProbe": startup_probe(checks),
        "readinessProbe": checks.readiness,
        "livenessProbe": checks.liveness,
    }
    return {key: _probe(probe, ports) for key, probe in found.items() if probe is not None}


def startup_probe(checks: Probes | None) -> Probe | None:
    """Return what decides that a container has started: the readiness check with many tries, unless the spec says.

    Without it a liveness probe would end containers that are slow to start.
    """
    if checks is None or checks.startup is not None or checks.readiness is None:
        return checks.startup if checks else None
    return msgspec.structs.replace(
        checks.readiness,
        period_seconds=_STARTUP_PERIOD_SECONDS,
        failure_threshold=_STARTUP_TRIES,
        success_threshold=None,
    )


def _asks_tcp(probe: Probe | None) -> bool:
    """Return whether a liveness check asks for a connection; readiness that asked the same would add nothing."""
    return probe is not None and probe.tcp_socket is not None


def _probe(probe: Probe, ports: Mapping[str, Port]) -> dict[str, Any]:
    timings = {
        "initialDelaySeconds": probe.initial_delay_seconds,
        "periodSeconds": probe.period_seconds,
        "timeoutSeconds": probe.timeout_seconds,
        "failureThreshold": probe.failure_threshold,
        "successThreshold": probe.success_threshold,
    }
    return {**_handler(probe, ports), **{key: value for key, value in timings.items() if value is not None}}


def _handler(probe: Probe, ports: Mapping[str, Port]) -> dict[str, Any]:
    first = next(iter(ports), None)
    if probe.http_get is not None:
        scheme = {"scheme": probe.http_get.scheme} if probe.http_get.scheme else {}
        return {"httpGet": {"path": probe.http_get.path, "port": probe.http_get.port or first, **scheme}}
    if probe.tcp_socket is not None:
        return {"tcpSocket": {"port": probe.tcp_socket.port or first}}
    if probe.exec is not None:
        return {"exec": {"command": probe.exec.command}}
    grpc = probe.grpc
    reference = (grpc.port if grpc else None) or first
    # Kubernetes takes a number here and no name.
    number = ports[reference].container_port if isinstance(reference, str) else reference
    service = {"service": grpc.service} if grpc and grpc.service else {}
    return {"grpc": {"port": number, **service}}
