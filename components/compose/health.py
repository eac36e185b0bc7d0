"""Probes as compose's checks of health."""

from typing import Any

from components.manifests.pods.probes import startup_probe
from schemas.model import Probe, Service


def healthcheck(service: Service) -> dict[str, Any]:
    """Return the check of a service's health from its readiness, or nothing when compose can't ask that way.

    A check runs inside the container: an HTTP path is asked with wget or curl, whichever the image has.
    """
    probe = service.probes.readiness or service.probes.liveness if service.probes else None
    test = _test(service, probe) if probe is not None else None
    if probe is None or test is None:
        return {}
    found: dict[str, Any] = {
        "test": test,
        "interval": f"{probe.period_seconds}s",
        "timeout": f"{probe.timeout_seconds}s",
        "retries": probe.failure_threshold,
    }
    startup = startup_probe(service.probes)
    if startup is not None:
        found["start_period"] = f"{startup.patience_seconds}s"
    return {"healthcheck": found}


def is_exact(service: Service) -> bool:
    """Return whether others may wait for a service's health: a command decides it, which the image has for sure."""
    probe = service.probes.readiness or service.probes.liveness if service.probes else None
    return probe is not None and probe.exec is not None


def _test(service: Service, probe: Probe) -> list[str] | None:
    if probe.exec is not None:
        return ["CMD", *(word.replace("$", "$$") for word in probe.exec.command)]
    if probe.http_get is None:
        return None
    port = _number(service, probe.http_get.port)
    scheme = (probe.http_get.scheme or "HTTP").lower()
    url = f"{scheme}://127.0.0.1:{port}{probe.http_get.path}".replace("$", "$$")
    return ["CMD-SHELL", f"wget -q -O /dev/null '{url}' || curl -fsS -o /dev/null '{url}'"]


def _number(service: Service, reference: int | str | None) -> int:
    if isinstance(reference, int):
        return reference
    name = reference or next(iter(service.ports))
    return service.ports[name].container_port
