"""Connections: whom a service calls, and by which port."""

from collections.abc import Iterator

from schemas.model import Connection, Service
from schemas.problems import Path, Problem, listed, nearest
from schemas.spec import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Yield connections that lead nowhere, and addresses whose variable is taken."""
    for name, service in spec.application.services.items():
        for key, connection in service.connections.items():
            yield from _connection(spec, name, key, connection)
        yield from _variables(spec, service, ("services", name))


def callee(key: str, connection: Connection) -> str:
    """Return the name of the service that a connection calls."""
    return connection.service or key


def _connection(spec: Spec, caller: str, key: str, connection: Connection) -> Iterator[Problem]:
    path = ("services", caller, "connections", key)
    if connection.host is not None:
        if not isinstance(connection.port, int):
            hint = "Add `port: 443`."
            yield spec.problem(path, "SW4303", "a connection to a host needs the number of a port.", hint, at_key=True)
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
        yield spec.problem(where, "SW4301", spec.absence(target), at_key=not connection.service)
        return
    yield from _port(spec, services[target], connection, path)


def _port(spec: Spec, target: Service, connection: Connection, path: Path) -> Iterator[Problem]:
    ports = target.exposed_ports
    if not ports:
        message = f"`{target.name}` has no port that callers reach."
        yield spec.problem(path, "SW4302", message, at_key=True)
    elif connection.port is None and len(ports) > 1:
        message = f"`{target.name}` has several ports: {listed(ports, 'and')}."
        yield spec.problem(path, "SW4302", message, "Say which with `port`.", at_key=True)
    elif isinstance(connection.port, str) and connection.port not in ports:
        near = nearest(connection.port, ports) or f" It has {listed(ports, 'and')}."
        yield spec.problem((*path, "port"), "SW4302", f"`{target.name}` has no port `{connection.port}`.{near}")
    elif isinstance(connection.port, int) and connection.port not in {port.port for port in ports.values()}:
        have = ", ".join(f"{port.port} ({name})" for name, port in ports.items())
        yield spec.problem((*path, "port"), "SW4302", f"`{target.name}` has no port {connection.port}; it has {have}.")


def _variables(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield variables of connections that the service, or another connection, sets too."""
    taken: dict[str, Path] = {variable: (*path, "env", variable) for variable in service.env}
    for key, connection in service.connections.items():
        at = (*path, "connections", key)
        stem = key.upper().replace("-", "_")
        env = connection.env
        variables = [env.url, env.address, env.host, env.port] if env else [f"{stem}_URL", f"{stem}_ADDRESS"]
        for variable in filter(None, variables):
            if variable in taken:
                other = spec.key(taken[variable])
                message = f"the connection sets `{variable}`, which line {other.line} sets too."
                yield spec.problem(at, "SW4305", message, "Name another variable under `env`.", at_key=True)
            taken.setdefault(variable, at)
