"""The Gateway API: a Gateway of the application's own, and a route for each host.

Source: https://gateway-api.sigs.k8s.io/reference/api-spec/main/spec/
"""

from typing import Any

from components.manifests.ingress import envoy_gateway, grpc_route, http_route
from components.manifests.ingress.certificate import secret_name
from components.manifests.ingress.intent import Site, is_redirected
from components.manifests.objects import Manifest, manifest, short
from schemas.model import Application, IngressClass, IngressTls

GROUP = "gateway.networking.k8s.io/v1"
_RULES = 16
"""How many rules a route may have."""


def objects(app: Application, way: IngressClass, sites: list[Site], /) -> list[Manifest]:
    """Return a Gateway, a route for each host, and what sends plain HTTP to HTTPS."""
    routed = [site for site in sites if site.rules]
    routes = [one for site in routed for one in _routes(app, way, site)]
    beyond = envoy_gateway.policies(app, routed, routes) if way.controller == "envoy-gateway" else []
    redirect = [_to_https(app, routed)] if is_redirected(way) and routed else []
    return [_gateway(app, way, sites), *routes, *beyond, *redirect]


def _plain(site: Site) -> str:
    """Return the name of the listener of plain HTTP beside TLS; no host's name has a dot."""
    return f"{site.name}.http"


def _gateway(app: Application, way: IngressClass, sites: list[Site]) -> Manifest:
    listeners = []
    for site in sites:
        same = {"namespaces": {"from": "Same"}}
        plain = {"hostname": site.host, "port": 80, "protocol": "HTTP", "allowedRoutes": same}
        if way.tls is None:
            listeners.append({"name": site.name, **plain})
            continue
        listeners.append({"name": site.name, "hostname": site.host, **_https(app, way.tls), "allowedRoutes": same})
        if is_redirected(way):
            listeners.append({"name": _plain(site), **plain})
    head = manifest(GROUP, "Gateway", app.name, app)
    return {**head, "spec": {"gatewayClassName": way.class_, "listeners": listeners}}


def _https(app: Application, tls: IngressTls) -> dict[str, Any]:
    certificates = [{"name": secret_name(app, tls)}]
    return {"port": 443, "protocol": "HTTPS", "tls": {"mode": "Terminate", "certificateRefs": certificates}}


def _to_https(app: Application, sites: list[Site]) -> Manifest:
    redirect = {"scheme": "https", "statusCode": 301}
    spec = {
        "parentRefs": [{"name": app.name, "sectionName": _plain(site)} for site in sites],
        "hostnames": [site.host for site in sites],
        "rules": [{"filters": [{"type": "RequestRedirect", "requestRedirect": redirect}]}],
    }
    return {**manifest(GROUP, "HTTPRoute", f"{app.name}.to-https", app), "spec": spec}


def _routes(app: Application, way: IngressClass, site: Site) -> list[Manifest]:
    """Return a host's routes: one, or as many as its rules need."""
    if grpc_route.fits(site):
        kind, rules = "GRPCRoute", grpc_route.rules(site)
    else:
        kind, rules = "HTTPRoute", http_route.rules(site, way)
    parent = {"name": app.name, "sectionName": site.name}
    found = []
    for start in range(0, len(rules), _RULES):
        # The API orders the rules of all routes by the same law, so where one ends and the next begins is no matter.
        suffix = f".{start // _RULES + 1}" if start else ""
        head = manifest(GROUP, kind, short(f"{app.name}-{site.name}{suffix}"), app)
        found.append(
            {**head, "spec": {"parentRefs": [parent], "hostnames": [site.host], "rules": rules[start : start + _RULES]}}
        )
    return found
