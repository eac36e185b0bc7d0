"""Probes of a container."""

from collections.abc import Mapping
from typing import Any

import msgspec

from schemas.model import Port, Probe, Probes

_STARTUP_TRIES = 60


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
        checks.readiness, period_seconds=2, failure_threshold=_STARTUP_TRIES, success_threshold=None
    )


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
