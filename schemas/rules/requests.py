"""What a caller may ask for: methods and paths stand where HTTP is spoken, and ports are there."""

from collections.abc import Iterator, Sequence

from schemas.model import Connection, Inbound, Port, Service
from schemas.problems import Path, Problem, nearest_or_all
from schemas.spec import Spec

NOT_HTTP, OF_A_HOST, NO_PORT = "SW5501", "SW5502", "SW5505"
"""Codes of methods or paths where no HTTP is spoken, of a host outside the cluster, and of a port that is not there."""

HTTP = {"http", "grpc", "kubernetes.io/h2c", "kubernetes.io/ws"}
"""What is spoken on a port where a mesh reads methods and paths."""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield methods and paths that nobody can check, and ways in to ports that are not there."""
    for name, service in spec.application.services.items():
        for key, connection in service.connections.items():
            yield from _connection(spec, connection, ("services", name, "connections", key), connection.service or key)
        for key, caller in (service.access.inbound if service.access else {}).items():
            yield from _inbound(spec, service, caller, ("services", name, "access", "inbound", key))


def narrowing(one: Connection | Inbound) -> list[str]:
    """Return the fields by which a way is narrowed to some requests."""
    return [field for field in ("methods", "paths") if getattr(one, field) is not None]


def _connection(spec: Spec, connection: Connection, path: Path, callee: str) -> Iterator[Problem]:
    if connection.host is not None:
        for field in narrowing(connection):
            message = "a connection to a host says nothing of its requests: nobody reads what leaves the cluster."
            yield spec.problem((*path, field), OF_A_HOST, message, "Leave it out.", at_key=True)
    elif connection.application is None and callee in spec.application.services:
        service = spec.application.services[callee]
        yield from _spoken(spec, service, _called(service, connection.port), connection, path)


def _inbound(spec: Spec, service: Service, caller: Inbound, path: Path) -> Iterator[Problem]:
    ports = _called(service, caller.port)
    if caller.port is not None and service.exposed_ports and not ports:
        have = [name if isinstance(caller.port, str) else port.port for name, port in service.exposed_ports.items()]
        near = nearest_or_all(str(caller.port), [str(one) for one in have])
        message = f"`{service.name}` has no port `{caller.port}` that callers reach.{near}"
        yield spec.problem((*path, "port"), NO_PORT, message)
    yield from _spoken(spec, service, ports, caller, path)


def _called(service: Service, reference: int | str | None) -> list[Port]:
    return [port for name, port in service.exposed_ports.items() if reference in (None, name, port.port)]


def _spoken(
    spec: Spec, service: Service, ports: Sequence[Port], narrowed: Connection | Inbound, path: Path
) -> Iterator[Problem]:
    other = next((port for port in ports if port.app_protocol not in HTTP), None)
    if other is None:
        return
    spoken = f"speaks {other.app_protocol}" if other.app_protocol else "does not say what it speaks"
    hint = "Leave it out." if other.app_protocol else "Say `appProtocol: http` there when it is HTTP."
    if len(ports) > 1:
        hint = "Say with `port` which of the ports is meant."
    for field in narrowing(narrowed):
        message = f"only HTTP has {field}, and port {other.port} of `{service.name}` {spoken}."
        yield spec.problem((*path, field), NOT_HTTP, message, hint, at_key=True)
