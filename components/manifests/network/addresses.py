"""Addresses: of the services that a service calls, and of an application's hosts."""

from collections.abc import Callable
from typing import NamedTuple

from schemas.model import Application, Connection, Environment, Port, Service

_HTTP = {None, "http", "https", "kubernetes.io/ws"}
"""What is spoken on a port whose address is a URL, unless the spec says how it wants it."""


class Target(NamedTuple):
    """What a connection calls."""

    host: str
    port: int
    scheme: str
    """For a URL."""
    is_http: bool
    """Whether the address is best a URL."""
    resolver: str = ""
    """What stands before an address whose pods a gRPC client is to find by itself."""


def connection_variables(
    app: Application, service: Service, target: Callable[[Application, str, Connection], Target] | None = None
) -> dict[str, str]:
    """Return the variables that carry the addresses of a service's connections, sorted by name.

    `target` says where a connection leads; without it, to a name in the cluster.
    """
    variables: dict[str, str] = {}
    for key, connection in service.connections.items():
        host, port, scheme, is_http, resolver = (target or in_cluster)(app, key, connection)
        address = f"{resolver}{host}:{port}"
        values = {"url": f"{scheme}://{host}:{port}", "address": address, "host": host, "port": str(port)}
        stem = key.upper().replace("-", "_")
        if connection.env is None:
            variables |= {f"{stem}_URL": values["url"]} if is_http else {f"{stem}_ADDRESS": values["address"]}
            continue
        named = {form: getattr(connection.env, form) for form in values}
        variables |= {variable: values[form] for form, variable in named.items() if variable}
    return dict(sorted(variables.items()))


def called_port(target: Service, connection: Connection) -> Port:
    """Return the port of a service that a connection calls. The rules have made sure that there is one."""
    ports = target.exposed_ports
    if isinstance(connection.port, str):
        return ports[connection.port]
    return next(port for port in ports.values() if connection.port in (None, port.port))


def route_port(service: Service, reference: int | str | None) -> Port:
    """Return the port of a service that a route leads to."""
    ports = service.exposed_ports
    if isinstance(reference, str):
        return ports[reference]
    return next(port for port in ports.values() if reference in (None, port.port))


def hosts(app: Application, environment: Environment) -> dict[str, str]:
    """Return the full name of each host of the ingress by the host's name in the spec."""
    named = app.ingress.hosts if app.ingress else {}
    return {name: f"{host.subdomain}.{environment.domain}" for name, host in sorted(named.items())}


def addresses(app: Application, environment: Environment) -> dict[str, str]:
    """Return the address that people type for each host of the ingress."""
    if environment.ingress is None:
        return {}
    scheme = "https" if environment.ingress.tls else "http"
    port = f":{environment.ingress.port}" if environment.ingress.port else ""
    return {name: f"{scheme}://{host}{port}/" for name, host in hosts(app, environment).items()}


def in_cluster(app: Application, key: str, connection: Connection) -> Target:
    """Return what a connection calls, by its name in the cluster."""
    name = connection.service or key
    if connection.host is not None:
        number = _number(connection)
        return Target(connection.host, number, "https" if number == 443 else "http", True)
    if connection.application is not None:
        return Target(
            f"{name}.{connection.application}-{app.environment}.svc.cluster.local", _number(connection), "http", True
        )
    port = called_port(app.services[name], connection)
    scheme = "https" if port.app_protocol == "https" else "http"
    is_http = port.app_protocol in _HTTP and port.protocol == "TCP"
    if port.headless:
        # No Service stands between, so the number is the pod's own.
        resolver = "dns:///" if port.app_protocol == "grpc" else ""
        return Target(service_host(app, headless_name(name)), port.container_port, scheme, is_http, resolver)
    return Target(service_host(app, name), port.port, scheme, is_http)


def headless_name(service: str) -> str:
    """Return the name of the Service that leads to every pod of a service."""
    return f"{service}-headless"


def service_host(app: Application, service: str) -> str:
    """Return the whole name of a service in the cluster."""
    return f"{service}.{app.namespace}.svc.cluster.local"


def _number(connection: Connection) -> int:
    if not isinstance(connection.port, int):
        raise TypeError("the rules ask for a number here")
    return connection.port
