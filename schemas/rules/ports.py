"""Ports: numbers that are free, and that a service can listen on."""

from collections.abc import Iterator

from schemas.model import Port, Service
from schemas.problems import Path, Problem
from schemas.spec import Spec

_OUTGOING = range(32768, 61000)
"""From where Linux takes the local ports of outgoing connections, by default.

Source: https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html#ip-variables
"""

_MESH = {
    15000: "its administration",
    15001: "outgoing calls",
    15002: "checks of its rules",
    15004: "debugging",
    15006: "incoming calls",
    15008: "tunnels between nodes",
    15020: "metrics",
    15021: "health",
    15053: "DNS",
    15090: "metrics",
}
"""Ports that Istio's sidecar takes in every pod, and for what.

Source: https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
"""

_MESH_USER = 1337
"""The user whose traffic Istio leaves alone: its own sidecar's."""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield clashing ports, services that answer nowhere, and ports that another wants."""
    for name, service in spec.application.services.items():
        path = ("services", name)
        yield from _clashes(spec, service, path)
        if service.type == "service" and not service.exposed_ports:
            message = "a service of type `service` needs a port that callers reach."
            yield spec.problem(path, "SW4102", message, "Add `port: 8080`, or say `type: worker`.", at_key=True)
        for key, port in service.ports.items():
            yield from _number(spec, port, (*path, "ports", key))
        if service.security.run_as_user == _MESH_USER:
            message = f"{_MESH_USER} is the user of Istio's sidecar, whose traffic no mesh sees."
            yield spec.problem((*path, "security", "runAsUser"), "SW4109", message, "Choose another.", warning=True)


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


def _number(spec: Spec, port: Port, path: Path) -> Iterator[Problem]:
    number = port.container_port
    at = (*path, "targetPort" if port.target_port else "port")
    if number in _OUTGOING:
        message = f"{number} is among the ports that Linux gives to outgoing connections, so it is not always free."
        yield spec.problem(at, "SW4107", message, "Listen below 32768.", warning=True)
    if number in _MESH:
        message = f"Istio's sidecar takes {number} in every pod, for {_MESH[number]}, so the service fails in a mesh."
        yield spec.problem(at, "SW4108", message, "Listen on another port.", warning=True)
    if port.protocol == "UDP" and port.app_protocol is not None:
        message = f"`{port.app_protocol}` is spoken over TCP, and the port is UDP."
        yield spec.problem((*path, "appProtocol"), "SW4110", message, "Leave one of the two out.")
