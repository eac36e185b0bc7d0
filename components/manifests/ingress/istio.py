"""Istio's own API: a Gateway for the pods of a proxy that the platform runs, and a VirtualService for each host.

Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/
"""

from typing import Any, NamedTuple

from components.manifests.ingress.intent import Rule, Site, is_redirected
from components.manifests.mesh.virtual_service import mirrored, policy
from components.manifests.network.addresses import service_host
from components.manifests.objects import Manifest, manifest, short
from schemas.model import Application, Cors, HeaderChanges, IngressClass

GROUP = "networking.istio.io/v1"


def objects(app: Application, way: IngressClass, sites: list[Site], /) -> list[Manifest]:
    """Return a Gateway, and a VirtualService for each host that has a rule."""
    routed = [site for site in sites if site.rules]
    return [_gateway(app, way, sites), *(_virtual_service(app, way, site) for site in routed)]


def _gateway(app: Application, way: IngressClass, sites: list[Site]) -> Manifest:
    # The dot before a host lets only routes of this namespace say what is found there.
    hosts = [f"./{site.host}" for site in sites]
    plain: dict[str, Any] = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": hosts}
    if way.tls is None:
        servers = [plain]
    else:
        # Istio takes the certificate from the namespace of the proxy.
        tls = {"mode": "SIMPLE", "credentialName": way.tls.secret}
        servers = [{"port": {"number": 443, "name": "https", "protocol": "HTTPS"}, "hosts": hosts, "tls": tls}]
        if is_redirected(way):
            servers.append({**plain, "tls": {"httpsRedirect": True}})
    spec = {"selector": way.selector, "servers": servers}
    return {**manifest(GROUP, "Gateway", app.name, app), "spec": spec}


def _virtual_service(app: Application, way: IngressClass, site: Site) -> Manifest:
    spec = {
        "hosts": [site.host],
        "gateways": [app.name],
        "http": [one for rule in site.rules for one in _routes(app, way, rule)],
    }
    return {**manifest(GROUP, "VirtualService", short(f"{app.name}-{site.name}"), app), "spec": spec}


class _Part(NamedTuple):
    """A part of what a rule matches."""

    uri: dict[str, str]
    is_prefix: bool


def _parts(rule: Rule) -> list[_Part]:
    """Return what a rule's path is to Istio, whose prefixes are of characters and not of segments: `/ab` has `/a`."""
    if rule.exact:
        return [_Part({"exact": rule.path}, False)]
    if not rule.segments:
        return [_Part({"prefix": "/"}, True)]
    return [_Part({"exact": rule.segments}, False), _Part({"prefix": f"{rule.segments}/"}, True)]


def _routes(app: Application, way: IngressClass, rule: Rule) -> list[dict[str, Any]]:
    """Return the routes of a rule: one, or one for each part of what it matches when they have different outcomes."""
    found: list[tuple[list[dict[str, Any]], dict[str, Any]]] = []
    for part in _parts(rule):
        match, action = _match(rule, part), _action(app, way, rule, part)
        if found and found[-1][1] == action:
            found[-1][0].append(match)
        else:
            found.append(([match], action))
    return [{"match": matches, **action} for matches, action in found]


def _match(rule: Rule, part: _Part) -> dict[str, Any]:
    match: dict[str, Any] = {"uri": part.uri}
    if len(rule.methods) == 1:
        match["method"] = {"exact": rule.methods[0]}
    elif rule.methods:
        match["method"] = {"regex": "|".join(rule.methods)}
    if rule.headers:
        # Istio knows headers by their names in lower case alone.
        match["headers"] = {name.lower(): {"exact": value} for name, value in rule.headers}
    return match


def _action(app: Application, way: IngressClass, rule: Rule, part: _Part) -> dict[str, Any]:
    """Return what is done with a request."""
    route = rule.route
    action: dict[str, Any] = {}
    if rule.redirect is not None:
        action["redirect"] = _redirect(way, rule, part)
    if route.rewrite is not None:
        action["rewrite"] = {"uri": _new_path(route.rewrite.path, part)}
    if rule.port is not None:
        action["route"] = [
            {
                "destination": {"host": service_host(app, one.service), "port": {"number": rule.port.port}},
                **({"weight": one.weight} if one.weight is not None else {}),
            }
            for one in rule.targets
        ]
        action |= mirrored(app, rule.mirror, rule.port)
    # A VirtualService of the mesh says nothing to a gateway, so what the service asks of calls is said here too.
    action |= policy(rule.traffic)
    if rule.timeout is not None:
        action["timeout"] = rule.timeout
    changes = {"request": route.request_headers, "response": route.response_headers}
    if headers := {side: _header_changes(change) for side, change in changes.items() if change is not None}:
        action["headers"] = headers
    if route.cors is not None:
        action["corsPolicy"] = _cors(route.cors)
    return action


def _redirect(way: IngressClass, rule: Rule, part: _Part) -> dict[str, Any]:
    sent = rule.redirect
    if sent is None:
        raise TypeError("this rule is no redirect")
    said: dict[str, Any] = {"redirectCode": sent.code, "authority": sent.host, "port": way.port}
    if sent.path is not None:
        said["prefixRewrite" if part.is_prefix else "uri"] = _new_path(sent.path, part)
    return {key: value for key, value in said.items() if value is not None}


def _new_path(path: str, part: _Part) -> str:
    """Return what stands in the place of what was matched: of a prefix with its slash, so that the rest follows it."""
    return f"{path.rstrip('/')}/" if part.is_prefix else path


def _header_changes(changes: HeaderChanges) -> dict[str, Any]:
    said: dict[str, Any] = {
        "set": dict(sorted(changes.set.items())),
        "add": dict(sorted(changes.add.items())),
        "remove": changes.remove,
    }
    return {key: value for key, value in said.items() if value}


def _cors(cors: Cors) -> dict[str, Any]:
    said: dict[str, Any] = {
        "allowOrigins": [_origin(one) for one in cors.origins],
        "allowMethods": cors.methods,
        "allowHeaders": cors.headers,
        "exposeHeaders": cors.expose_headers,
        "maxAge": cors.max_age,
        "allowCredentials": cors.credentials or None,
        # A page from elsewhere is refused here, as the Gateway API has it, and its question never reaches the service.
        "unmatchedPreflights": "IGNORE",
    }
    return {key: value for key, value in said.items() if value is not None}


def _origin(origin: str) -> dict[str, str]:
    """Return an origin as Istio matches it, where a star is any beginning of a host."""
    if "*" not in origin:
        return {"exact": origin}
    return {"regex": ".*" if origin == "*" else origin.replace(".", "\\.").replace("*", "[^/]+")}
