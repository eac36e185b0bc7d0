"""Which ports of a laptop lead to which services."""

from collections.abc import Iterator

from schemas.model import Port
from schemas.problems import Problem
from schemas.spec import Spec

_HOST = "127.0.0.1"


def published(spec: Spec) -> tuple[dict[str, list[str]], list[Problem]]:
    """Return the `ports` of each service, and a note on each that could not have its own number.

    Two services may have one port in a cluster and not on one machine: services that a route leads to choose first.
    """
    app = spec.application
    routed = {route.service for route in app.ingress.routes.values()} if app.ingress else set()
    order = sorted(app.services.values(), key=lambda one: (one.name not in routed, one.name))
    taken: set[tuple[int, str]] = set()
    found: dict[str, list[str]] = {name: [] for name in app.services}
    moved: list[Problem] = []
    for service in order:
        for name, port in service.exposed_ports.items():
            number = next(one for one in _wishes(port) if (one, port.protocol) not in taken)
            taken.add((number, port.protocol))
            suffix = "/udp" if port.protocol == "UDP" else ""
            found[service.name].append(f"{_HOST}:{number}:{port.container_port}{suffix}")
            if number != port.port:
                message = f"port {port.port} of `{service.name}` is {number} on this machine: another one has it."
                path = ("services", service.name, "ports", name)
                moved.append(spec.problem(path, "SW7110", message, warning=True))
    return found, moved


def _wishes(port: Port) -> Iterator[int]:
    """Yield the numbers that a port may have on a laptop, the dearest first."""
    yield port.port
    yield port.container_port
    yield from range(8080, 65536)
