"""Addresses: of the services that a service calls, and of an application's hosts."""

from schemas.model import Application, Connection, Environment, Port, Service

_HTTP = {None, "http", "https", "kubernetes.io/ws"}
"""What is spoken on a port whose address is a URL, unless the spec says how it wants it."""


def connection_variables(app: Application, service: Service) -> dict[str, str]:
    """Return the variables that carry the addresses of a service's connections, sorted by name."""
    variables: dict[str, str] = {}
    for key, connection in service.connections.items():
        host, port, scheme, is_http = _target(app, key, connection)
        values = {"url": f"{scheme}://{host}:{port}", "address": f"{host}:{port}", "host": host, "port": str(port)}
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


def _target(app: Application, key: str, connection: Connection) -> tuple[str, int, str, bool]:
    """Return the host, port and URL scheme of what a connection calls, and whether its address is best a URL."""
    name = connection.service or key
    if connection.host is not None:
        number = _number(connection)
        return connection.host, number, "https" if number == 443 else "http", True
    if connection.application is not None:
        return f"{name}.{connection.application}-{app.environment}.svc.cluster.local", _number(connection), "http", True
    port = called_port(app.services[name], connection)
    scheme = "https" if port.app_protocol == "https" else "http"
    is_http = port.app_protocol in _HTTP and port.protocol == "TCP"
    return f"{name}.{app.namespace}.svc.cluster.local", port.port, scheme, is_http


def _number(connection: Connection) -> int:
    if not isinstance(connection.port, int):
        raise TypeError("the rules ask for a number here")
    return connection.port
