"""What a mesh does unasked, so that a spec shows it."""

from schemas.layers.merge import BUILT_IN, with_defaults
from schemas.model.service import CARRIES_HTTP
from schemas.platform.meshes import PLAIN, mesh_of
from schemas.shape.grammar import grammar
from schemas.text.document import Node

_RETRYING = ("istio-sidecar", "istio-ambient")
"""Meshes that try a failed call again when nobody has said anything of it.

Source: https://istio.io/latest/docs/concepts/traffic-management/#retries
"""

_UNCHANGEABLE = ("istio-ambient",)
"""Those that cannot be told otherwise: what a platform gives to whatever retries does not change them."""


def unasked(spec: Node, entry: Node) -> Node:
    """Return a merged spec that says of each service what its mesh does anyway.

    Every mesh picks a pod for each call, so no port is headless there. Istio makes failed calls again.

    The defaults of `retries` are Istio's own, so an empty mapping says it. It is the one object that comes into a spec
    without being asked for: without it a spec would not show what happens.
    """
    services, mesh = spec.entries.get("services"), mesh_of(entry)
    if services is None or mesh == PLAIN:
        return spec
    shown = {name: _balanced(service) for name, service in services.entries.items()}
    if mesh in _RETRYING:
        retries = _istios_own() if mesh in _UNCHANGEABLE else Node({}, BUILT_IN)
        shown = {name: _retried(service, retries) for name, service in shown.items()}
    return spec.with_entries({**spec.entries, "services": services.with_entries(shown)})


def _balanced(service: Node) -> Node:
    ports = service.entries.get("ports")
    if ports is None or not any("headless" in port.entries for port in ports.entries.values()):
        return service
    kept = {
        name: port.with_entries({key: child for key, child in port.entries.items() if key != "headless"})
        for name, port in ports.entries.items()
    }
    return service.with_entries({**service.entries, "ports": ports.with_entries(kept)})


def _istios_own() -> Node:
    """Return Istio's retries in full; the schema's defaults are Istio's."""
    return with_defaults(Node({}, BUILT_IN), grammar("application", "Retries"))


def _retried(service: Node, retries: Node) -> Node:
    traffic = service.entries.get("traffic") or Node({}, BUILT_IN)
    if "retries" in traffic.entries or not _answers_http(service):
        return service
    said = traffic.with_entries({**traffic.entries, "retries": retries})
    return service.with_entries({**service.entries, "traffic": said})


def _answers_http(service: Node) -> bool:
    ports = service.entries.get("ports")
    return any(_carries_http(port) for port in ports.entries.values()) if ports is not None else False


def _carries_http(port: Node) -> bool:
    """Return whether callers reach a port by HTTP requests; `Port.carries_http` says the same of the model."""
    exposed, spoken, protocol = (port.entries.get(key) for key in ("expose", "appProtocol", "protocol"))
    return (
        (exposed is None or exposed.value is not False)
        and (protocol is None or protocol.value == "TCP")
        and (spoken.value if spoken is not None else None) in CARRIES_HTTP
    )
