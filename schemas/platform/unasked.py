"""What a mesh does unasked, so that a spec shows it."""

from schemas.layers.merge import BUILT_IN
from schemas.platform.meshes import PLAIN, mesh_of
from schemas.text.document import Node

_RETRYING = ("istio-sidecar", "istio-ambient")
"""Meshes that try a failed call again when nobody has said anything of it.

Source: https://istio.io/latest/docs/concepts/traffic-management/#retries
"""

_HIDDEN = ("https", "tcp", "redis", "postgres", "mysql", "mongo", "amqp", "kafka")
"""What is spoken where a proxy sees no request."""


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
        shown = {name: _retried(service) for name, service in shown.items()}
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


def _retried(service: Node) -> Node:
    traffic = service.entries.get("traffic") or Node({}, service.origin, service.key)
    if "retries" in traffic.entries or not _answers_http(service):
        return service
    said = traffic.with_entries({**traffic.entries, "retries": Node({}, BUILT_IN)})
    return service.with_entries({**service.entries, "traffic": said})


def _answers_http(service: Node) -> bool:
    ports = service.entries.get("ports")
    return any(_carries_http(port) for port in ports.entries.values()) if ports is not None else False


def _carries_http(port: Node) -> bool:
    """Return whether callers reach a port by HTTP requests; `Port.carries_http` says the same of the model."""
    exposed, spoken, protocol = (port.entries.get(key) for key in ("expose", "appProtocol", "protocol"))
    return not (
        (exposed is not None and exposed.value is False)
        or (protocol is not None and protocol.value != "TCP")
        or (spoken is not None and spoken.value in _HIDDEN)
    )
