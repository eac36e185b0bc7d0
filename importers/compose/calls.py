"""Who calls whom in compose files: what a service waits for, and the variables that already carry its address."""

import re
from typing import Any

from importers.draft import Draft
from schemas.problems import Origin

_ADDRESS = re.compile(r"^(?:(?P<scheme>https?)://)?(?P<host>[-a-z0-9_.]+)(?::(?P<port>\d+))?/?$")


def connect(draft: Draft, origins: dict[str, Origin]) -> None:
    """Complete the connections of all services, whose ports are known now.

    A variable with a service's address becomes the connection's own, for the address is another one in a cluster.
    """
    for name, service in draft.services.items():
        calls: dict[str, Any] = service.get("connections", {})
        for called in list(calls):
            ports = draft.services.get(called, {}).get("ports", {})
            if not ports:
                message = f"`{name}` waits for `{called}`, which names no port: so there is no connection."
                draft.note(origins[name], "SW7107", message, "Write its ports, and `connections` to it.")
                del calls[called]
                continue
            calls[called] = _connection(service, called, ports)
        if not calls:
            service.pop("connections", None)
        if not service.get("env"):
            service.pop("env", None)


def _connection(service: dict[str, Any], called: str, ports: dict[str, Any]) -> dict[str, Any]:
    env: dict[str, Any] = service.get("env", {})
    found: dict[str, str] = {}
    numbers = {one.get("targetPort", one["port"]): name for name, one in ports.items()}
    port = next(iter(ports))
    for key, value in list(env.items()):
        match = _ADDRESS.match(value) if isinstance(value, str) else None
        if match is None or match["host"] != called or (match["port"] and int(match["port"]) not in numbers):
            continue
        form = "url" if match["scheme"] else "address" if match["port"] else "host"
        if form not in found and not value.endswith("/"):
            found[form] = key
            port = numbers[int(match["port"])] if match["port"] else port
            del env[key]
    stem = called.upper().replace("-", "_")
    if not found and {f"{stem}_URL", f"{stem}_ADDRESS"} & set(env):
        found = {
            "host": next(name for name in (f"{stem}_HOST", f"{stem}_SERVICE_HOST", f"{stem}_AT") if name not in env)
        }
    return {**({"port": port} if len(ports) > 1 else {}), **({"env": found} if found else {})}
