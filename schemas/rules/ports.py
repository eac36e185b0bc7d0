"""Ports and the probes that ask them."""

from collections.abc import Iterator

from schemas.model import Probe, Service
from schemas.problems import Path, Problem, listed, nearest
from schemas.spec import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Yield clashing ports, services that answer nowhere, and probes that ask a port that is not there."""
    for name, service in spec.application.services.items():
        path = ("services", name)
        yield from _clashes(spec, service, path)
        if service.type == "service" and not service.exposed_ports:
            message = "a service of type `service` needs a port that callers reach."
            yield spec.problem(path, "SW4102", message, "Add `port: 8080`, or say `type: worker`.", at_key=True)
        yield from _probes(spec, service, path)
        yield from _same_checks(spec, service, path)


def _clashes(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield ports of one service that share a number: for callers, or in the container."""
    called = {key: (port.port, port.protocol) for key, port in service.exposed_ports.items()}
    listened = {key: (port.container_port, port.protocol) for key, port in service.ports.items()}
    for what, numbers in (("port", called), ("targetPort", listened)):
        taken: dict[tuple[int, str], str] = {}
        for key, number in numbers.items():
            if number in taken:
                other = spec.key((*path, "ports", taken[number]))
                message = f"{what} {number[0]} is also that of `{taken[number]}` (line {other.line})."
                yield spec.problem((*path, "ports", key, what), "SW4101", message, "Each port has a number of its own.")
            taken.setdefault(number, key)


def _probes(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    checks = service.probes
    for kind in ("startup", "readiness", "liveness"):
        probe: Probe | None = getattr(checks, kind) if checks else None
        handler = probe and (probe.http_get or probe.tcp_socket or probe.grpc)
        if probe is None or not handler:
            continue
        at = (*path, "probes", kind)
        if not service.ports:
            yield spec.problem(
                at, "SW4103", "the probe asks a port, and the service has none.", "Use `exec`, or add a port."
            )
        elif isinstance(handler.port, str) and handler.port not in service.ports:
            near = nearest(handler.port, service.ports) or f" It has {listed(service.ports, 'and')}."
            yield spec.problem(at, "SW4104", f"the service has no port `{handler.port}`.{near}")
        elif isinstance(handler.port, int) and handler.port not in {p.container_port for p in service.ports.values()}:
            message = f"no port of the service has the targetPort {handler.port}."
            yield spec.problem(at, "SW4104", message, "A probe asks the port in the container; its name is safer.")
        if probe.success_threshold not in (None, 1) and kind != "readiness":
            message = f"successThreshold must be 1 for a {kind} probe."
            yield spec.problem((*at, "successThreshold"), "SW4105", message)


def _same_checks(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield a liveness probe that equals readiness: it would restart what should only wait."""
    checks = service.probes
    if checks is None or checks.liveness is None or checks.readiness is None:
        return
    live, ready = checks.liveness, checks.readiness
    if (live.http_get, live.tcp_socket, live.exec, live.grpc) == (
        ready.http_get,
        ready.tcp_socket,
        ready.exec,
        ready.grpc,
    ):
        message = "liveness asks the same as readiness, so what should only wait is restarted."
        hint = "Let liveness ask something that no dependency can fail, or leave it out."
        yield spec.problem((*path, "probes", "liveness"), "SW4106", message, hint, warning=True)
