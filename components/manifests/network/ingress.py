"""The way in: an Ingress, or a Gateway with an HTTPRoute."""

from typing import Any

from components.manifests.exemptions import exempted, ingress_exemptions
from components.manifests.network.addresses import hosts
from components.manifests.network.policy import route_port
from components.manifests.objects import Manifest, manifest, short
from schemas.model import Application, Environment, Ingress, IngressClass, Route


def ingress_objects(app: Application, environment: Environment) -> list[Manifest]:
    """Return the objects that lead from the application's hosts to its services, or none without an ingress."""
    if app.ingress is None or environment.ingress is None:
        return []
    if environment.ingress.kind == "ingress":
        return [_ingress(app, environment, app.ingress, environment.ingress)]
    return [_gateway(app, environment, environment.ingress), *_http_routes(app, environment, app.ingress)]


def _routes_of(spec: Ingress, host: str) -> list[tuple[str, Route]]:
    """Return a host's routes, the longest path first."""
    routes = [(path, route) for path, route in spec.routes.items() if route.hosts is None or host in route.hosts]
    return sorted(routes, key=lambda pair: (-len(pair[0]), pair[0]))


def _ingress(app: Application, environment: Environment, spec: Ingress, way: IngressClass) -> Manifest:
    rules = []
    for name, host in hosts(app, environment).items():
        paths = [
            {
                "path": path,
                "pathType": "Prefix",
                "backend": {
                    "service": {
                        "name": route.service,
                        "port": {"number": route_port(app.services[route.service], route.port).port},
                    }
                },
            }
            for path, route in _routes_of(spec, name)
        ]
        if paths:
            rules.append({"host": host, "http": {"paths": paths}})
    body: dict[str, Any] = {"ingressClassName": way.class_, "rules": rules}
    if way.tls is not None:
        body["tls"] = [{"hosts": list(hosts(app, environment).values()), "secretName": way.tls.secret}]
    head = manifest("networking.k8s.io/v1", "Ingress", app.name, app)
    return {**exempted(head, ingress_exemptions(way)), "spec": body}


def _gateway(app: Application, environment: Environment, way: IngressClass) -> Manifest:
    listeners = []
    for name, host in hosts(app, environment).items():
        listener: dict[str, Any] = {"name": name, "hostname": host, "port": 80, "protocol": "HTTP"}
        if way.tls is not None:
            tls = {"mode": "Terminate", "certificateRefs": [{"name": way.tls.secret}]}
            listener |= {"port": 443, "protocol": "HTTPS", "tls": tls}
        listeners.append({**listener, "allowedRoutes": {"namespaces": {"from": "Same"}}})
    head = manifest("gateway.networking.k8s.io/v1", "Gateway", app.name, app)
    return {**head, "spec": {"gatewayClassName": way.class_, "listeners": listeners}}


def _http_routes(app: Application, environment: Environment, spec: Ingress) -> list[Manifest]:
    routes = []
    for name, host in hosts(app, environment).items():
        rules = [
            {
                "matches": [{"path": {"type": "PathPrefix", "value": path}}],
                "backendRefs": [
                    {"name": route.service, "port": route_port(app.services[route.service], route.port).port}
                ],
            }
            for path, route in _routes_of(spec, name)
        ]
        if rules:
            head = manifest("gateway.networking.k8s.io/v1", "HTTPRoute", short(f"{app.name}-{name}"), app)
            parent = {"name": app.name, "sectionName": name}
            routes.append({**head, "spec": {"parentRefs": [parent], "hostnames": [host], "rules": rules}})
    return routes
