"""Probes: what they ask is there, and what they do helps."""

from collections.abc import Iterator, Mapping

from schemas.model import Port, Probe, Probes, Service
from schemas.problems import Path, Problem, nearest_or_all
from schemas.spec import Spec

NO_PORT = "SW4104"
"""The code of a probe of a port that the service has not."""

_KINDS = ("startup", "readiness", "liveness")

_NOT_HTTP = {"grpc", "tcp", "redis", "postgres", "mysql", "mongo", "amqp", "kafka"}


def check(spec: Spec) -> Iterator[Problem]:
    """Yield probes that ask what is not there, and probes that restart what should only wait."""
    for path, service in spec.running():
        yield from _asked(spec, service, (*path, "probes"))
        yield from _same_checks(spec, service.probes, (*path, "probes"))
        yield from _times(spec, service.probes, (*path, "probes"))
    for name, service in spec.application.services.items():
        path = ("services", name)
        for key, sidecar in service.sidecars.items():
            at = (*path, "sidecars", key, "probes")
            yield from _sidecar(spec, service, sidecar.probes, at)
            yield from _times(spec, sidecar.probes, at)


def _each(checks: Probes | None, path: Path) -> Iterator[tuple[str, Probe, Path]]:
    for kind in _KINDS:
        probe: Probe | None = getattr(checks, kind) if checks else None
        if probe is not None:
            yield kind, probe, (*path, kind)


def _asked(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    for _, probe, at in _each(service.probes, path):
        handler = probe.http_get or probe.tcp_socket or probe.grpc
        if handler is None:
            continue
        numbers = {port.container_port: port for port in service.ports.values()}
        if not service.ports:
            message = "the probe asks a port, and the service has none."
            yield spec.problem(at, "SW4103", message, "Use `exec`, or add a port.")
        elif isinstance(handler.port, str) and handler.port not in service.ports:
            yield _unknown_port(spec, service, handler.port, _place(probe, at))
        elif isinstance(handler.port, int) and handler.port not in numbers:
            message = f"no port of the service has the targetPort {handler.port}."
            hint = "A probe asks the port in the container; its name is safer."
            yield spec.problem(_place(probe, at), NO_PORT, message, hint)
        else:
            yield from _spoken(spec, probe, _port(service.ports, numbers, handler.port), at)


def _place(probe: Probe, path: Path) -> Path:
    """Return where a probe says which port it asks."""
    return (*path, "httpGet" if probe.http_get else "tcpSocket" if probe.tcp_socket else "grpc", "port")


def _port(ports: Mapping[str, Port], numbers: Mapping[int, Port], reference: int | str | None) -> Port:
    """Return the port that a probe asks: without a name or number the first."""
    if isinstance(reference, int):
        return numbers[reference]
    return ports[reference or next(iter(ports))]


def _spoken(spec: Spec, probe: Probe, port: Port, path: Path) -> Iterator[Problem]:
    """Yield probes that speak otherwise than the port that they ask."""
    if port.protocol == "UDP":
        message = "the port that the probe asks is UDP, and a probe asks over TCP."
        yield spec.problem(path, "SW4111", message, "Ask a TCP port, or use `exec`.")
    elif probe.http_get is not None and port.app_protocol in _NOT_HTTP:
        message = f"the probe asks over HTTP, and the port speaks `{port.app_protocol}`."
        hint = "Use `grpc`." if port.app_protocol == "grpc" else "Use `tcpSocket` or `exec`."
        yield spec.problem(path, "SW4112", message, hint, warning=True)


def _sidecar(spec: Spec, service: Service, checks: Probes | None, path: Path) -> Iterator[Problem]:
    """Yield probes of a sidecar that do not say what they ask: the service's first port is not the sidecar's."""
    for _, probe, at in _each(checks, path):
        handler = probe.http_get or probe.tcp_socket or probe.grpc
        if handler is not None and handler.port is None:
            message = "a sidecar's probe must say which port it asks: the first one is the service's own."
            hint = "Name a port, or write the number that the sidecar listens on."
            yield spec.problem(at, "SW4113", message, hint)
        elif handler is not None and isinstance(handler.port, str) and handler.port not in service.ports:
            yield _unknown_port(spec, service, handler.port, _place(probe, at))


def _unknown_port(spec: Spec, service: Service, name: str, path: Path) -> Problem:
    return spec.problem(path, NO_PORT, f"the service has no port `{name}`.{nearest_or_all(name, service.ports)}")


def _same_checks(spec: Spec, checks: Probes | None, path: Path) -> Iterator[Problem]:
    """Yield a liveness probe that equals readiness: it would restart what should only wait."""
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
        yield spec.problem((*path, "liveness"), "SW4106", message, hint, warning=True)


def _times(spec: Spec, checks: Probes | None, path: Path) -> Iterator[Problem]:
    for kind, probe, at in _each(checks, path):
        if probe.success_threshold not in (None, 1) and kind != "readiness":
            message = f"successThreshold must be 1 for a {kind} probe."
            yield spec.problem((*at, "successThreshold"), "SW4105", message)
        if probe.timeout_seconds > probe.period_seconds:
            message = (
                f"an answer may take {probe.timeout_seconds}s, and the next check is due after {probe.period_seconds}s."
            )
            hint = "Make timeoutSeconds at most periodSeconds."
            place = "timeoutSeconds" if spec.said((*at, "timeoutSeconds")) else "periodSeconds"
            yield spec.problem((*at, place), "SW4114", message, hint, warning=True)
    if checks is not None and checks.liveness is not None:
        yield from _start(spec, checks, checks.liveness, path)


def _start(spec: Spec, checks: Probes, liveness: Probe, path: Path) -> Iterator[Problem]:
    """Yield a liveness probe that ends containers that have not started yet."""
    allowed = liveness.period_seconds * liveness.failure_threshold
    if checks.startup is None and checks.readiness is None and not liveness.initial_delay_seconds:
        message = f"nothing holds liveness back at the start: what needs more than {allowed}s is restarted for ever."
        hint = "Add `startup` or `readiness`; until they pass, liveness waits."
        yield spec.problem((*path, "liveness"), "SW4115", message, hint, warning=True)
    elif checks.startup is not None:
        given = checks.startup.period_seconds * checks.startup.failure_threshold
        if given < allowed:
            message = f"the start may take {given}s, which is less than liveness allows later ({allowed}s)."
            hint = "Raise failureThreshold; a slow start is restarted for ever."
            yield spec.problem((*path, "startup"), "SW4116", message, hint, warning=True)
