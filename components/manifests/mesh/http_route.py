"""HTTPRoutes whose parent is a Service: how a mesh that takes the Gateway API routes and limits the calls of a service.

Source: https://gateway-api.sigs.k8s.io/mesh/
"""

from typing import Any

from components.manifests.network.shares import Target, mirror, targets
from components.manifests.objects import Manifest, manifest
from schemas.model import Application, Port, Service


def http_routes(app: Application, service: Service) -> list[Manifest]:
    """Return a route for each port of a service that carries HTTP, or none when there is nothing to say.

    It is an HTTPRoute for gRPC too, which is HTTP to it: a GRPCRoute has no timeout.
    """
    traffic = service.traffic
    if not traffic.timeout and traffic.split is None and traffic.mirror is None:
        return []
    ports = {name: port for name, port in service.exposed_ports.items() if port.carries_http}
    return [_route(app, service, name, port) for name, port in ports.items()]


def _route(app: Application, service: Service, name: str, port: Port) -> Manifest:
    # No name of a service or a port has a dot, so no other route can have this name.
    head = manifest("gateway.networking.k8s.io/v1", "HTTPRoute", f"{service.name}.{name}", app, service)
    parent = {"group": "", "kind": "Service", "name": service.name, "port": port.port}
    return {**head, "spec": {"parentRefs": [parent], "rules": [_rule(service, port)]}}


def _rule(service: Service, port: Port) -> dict[str, Any]:
    timeout = service.traffic.timeout
    copied = mirror(service)
    return {
        **({"filters": [request_mirror(copied, port)]} if copied is not None else {}),
        "backendRefs": [
            {"name": one.service, "port": port.port, **({"weight": one.weight} if one.weight is not None else {})}
            for one in targets(service)
        ],
        **({"timeouts": {"request": timeout}} if timeout else {}),
    }


def request_mirror(copied: Target, port: Port) -> dict[str, Any]:
    """Return the filter that sends copies."""
    backend = {"name": copied.service, "port": port.port}
    return {"type": "RequestMirror", "requestMirror": {"backendRef": backend, "percent": copied.weight}}
