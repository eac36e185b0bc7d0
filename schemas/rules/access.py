"""Connections: whom a service calls, by which port, and who may come."""

from collections.abc import Iterator

from schemas.model import Connection, Service
from schemas.problems import Path, Problem, listed, nearest_or_all
from schemas.spec import Spec

UNKNOWN, NO_PORT = "SW4301", "SW4302"
"""Codes of a connection to a service that is not there, and to a port that a service has not."""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield connections that lead nowhere, and ways in that nobody can take."""
    for name, service in spec.application.services.items():
        for key, connection in service.connections.items():
            yield from _connection(spec, name, key, connection)
        yield from _inbound(spec, service, ("services", name, "access", "inbound"))


def callee(key: str, connection: Connection) -> str:
    """Return the name of the service that a connection calls."""
    return connection.service or key


def _connection(spec: Spec, caller: str, key: str, connection: Connection) -> Iterator[Problem]:
    path = ("services", caller, "connections", key)
    if connection.host is not None:
        if not isinstance(connection.port, int):
            hint = "Add `port: 443`."
            yield spec.problem(path, "SW4303", "a connection to a host needs the number of a port.", hint, at_key=True)
        yield from _host(spec, connection.host, (*path, "host"))
        return
    target = callee(key, connection)
    if connection.application is not None:
        if not isinstance(connection.port, int):
            message = "a connection to another application needs the number of a port."
            yield spec.problem(path, "SW4303", message, "Add `port: 80`.", at_key=True)
        if connection.application == spec.application.name:
            message = f"`{connection.application}` is this application."
            yield spec.problem((*path, "application"), "SW4304", message, "Leave `application` out.")
        return
    services = spec.application.services
    if target not in services:
        where = (*path, "service") if connection.service else path
        yield spec.problem(where, UNKNOWN, spec.absence(target), at_key=not connection.service)
        return
    yield from _port(spec, services[target], connection, path)


def _port(spec: Spec, target: Service, connection: Connection, path: Path) -> Iterator[Problem]:
    ports = target.exposed_ports
    if not ports:
        message = f"`{target.name}` has no port that callers reach."
        yield spec.problem(path, NO_PORT, message, at_key=True)
    elif connection.port is None and len(ports) > 1:
        message = f"`{target.name}` has several ports: {listed(ports, 'and')}."
        yield spec.problem(path, NO_PORT, message, "Say which with `port`.", at_key=True)
    elif isinstance(connection.port, str) and connection.port not in ports:
        near = nearest_or_all(connection.port, ports)
        yield spec.problem((*path, "port"), NO_PORT, f"`{target.name}` has no port `{connection.port}`.{near}")
    elif isinstance(connection.port, int) and connection.port not in {port.port for port in ports.values()}:
        have = ", ".join(f"{port.port} ({name})" for name, port in ports.items())
        yield spec.problem((*path, "port"), NO_PORT, f"`{target.name}` has no port {connection.port}; it has {have}.")


def _host(spec: Spec, host: str, path: Path) -> Iterator[Problem]:
    """Yield hosts that are not outside the cluster."""
    if host == "localhost" or host.startswith("127."):
        message = f"`{host}` is the pod itself, and no other service is there."
        yield spec.problem(path, "SW4310", message, "Name the service with `service`.")
    elif host in spec.application.services or host.endswith((".svc", ".svc.cluster.local")):
        message = f"`{host}` is a service in the cluster, so no way is opened to it."
        hint = "Name it with `service`, and with `application` when it is another one's."
        yield spec.problem(path, "SW4310", message, hint)


def _inbound(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    for key, caller in (service.access.inbound if service.access else {}).items():
        if caller.application == spec.application.name:
            message = f"`{caller.application}` is this application, whose connections open the way by themselves."
            yield spec.problem((*path, key), "SW4311", message, "Remove it.", at_key=True)
        elif not service.exposed_ports:
            message = f"`{service.name}` has no port that callers reach."
            yield spec.problem((*path, key), "SW4312", message, "Add a port, or remove `access`.", at_key=True)
