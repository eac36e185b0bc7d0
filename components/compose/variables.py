"""Environment variables of a compose service."""

import string
from collections.abc import Mapping
from typing import Any

from components.manifests.network.addresses import Target, called_port, connection_variables, in_cluster
from schemas.model import Application, Connection, EnvSource, FormatPart, Service


def environment(
    app: Application, service: Service, env: Mapping[str, EnvSource], *, calls: bool = True
) -> dict[str, str]:
    """Return the variables of a container: addresses of what it calls, texts, and secrets out of the shell."""
    found = connection_variables(app, service, target) if calls else {}
    for name, source in sorted(env.items()):
        value = _composed(app, service, source) if source.format is not None else _value(app, service, source)
        if value is not None:
            found[name] = value
    return found


def secret_variable(secret: str, key: str) -> str:
    """Return the variable of the shell that holds a secret's value: `store` and `password` are `STORE_PASSWORD`."""
    words = f"{secret}_{key}".upper()
    return "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in words)


def literal(text: str) -> str:
    """Return a text that compose gives back as it stands."""
    return text.replace("$", "$$")


def target(app: Application, key: str, connection: Connection) -> Target:
    """Return what a connection calls at compose's name, and at the container's own port: compose translates none."""
    found = in_cluster(app, key, connection)
    if connection.host is not None:
        return found
    name = connection.service or key
    if connection.application is not None:
        # Another application's service is on the laptop only when somebody runs it there.
        return Target(name, found.port, found.scheme, found.is_http)
    port = called_port(app.services[name], connection)
    return Target(name, port.container_port, found.scheme, found.is_http)


def _value(app: Application, service: Service, source: EnvSource | FormatPart) -> str | None:
    if isinstance(source, EnvSource) and source.value is not None:
        return literal(source.value)
    if source.secret is not None:
        variable = secret_variable(source.secret, source.key or "")
        return f"${{{variable}:?the secret {source.secret} has no {source.key}}}"
    if source.config is not None:
        return literal(app.configs[source.config].data[source.key or ""])
    known = {
        "metadata.name": service.name,
        "metadata.namespace": app.namespace,
        "spec.serviceAccountName": service.name,
    }
    return known.get(source.field or "")


def _composed(app: Application, service: Service, source: EnvSource) -> str:
    text = ""
    for plain, field, _, _ in string.Formatter().parse(source.format or ""):
        text += literal(plain)
        if field is not None:
            text += _value(app, service, (source.from_ or {})[field]) or ""
    return text


def unknown_field(source: Any) -> bool:
    """Return whether a variable tells what only a cluster knows."""
    return source.field in ("metadata.uid", "spec.nodeName", "status.hostIP", "status.podIP")
