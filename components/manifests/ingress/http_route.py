"""HTTPRoutes: the routes of a host, in the Gateway API's words.

Source: https://gateway-api.sigs.k8s.io/reference/api-spec/main/spec/#httproute
"""

from collections.abc import Mapping
from typing import Any

from components.manifests.ingress.intent import Rule, Site
from components.manifests.mesh.http_route import request_mirror
from schemas.model import Cors, HeaderChanges, IngressClass
from schemas.values.quantity import exact_seconds, seconds

_DIGITS = 5


def rules(site: Site, way: IngressClass) -> list[dict[str, Any]]:
    """Return a host's rules, in the order in which they count."""
    return [one for rule in site.rules for one in _rules(rule, way)]


def _rules(rule: Rule, way: IngressClass) -> list[dict[str, Any]]:
    """Return one rule, or one for each match where a prefix is replaced: the API lets such a rule have only one."""
    matches = _matches(rule)
    parted = [[match] for match in matches] if _replaces_prefix(rule) else [matches]
    return [{**section(rule, number), "matches": some, **_action(rule, way)} for number, some in enumerate(parted, 1)]


def section(rule: Rule, number: int = 1) -> dict[str, str]:
    """Return the name of a rule that needs one; of several that come of one route each has its own."""
    return {"name": rule.section if number == 1 else f"{rule.section}.{number}"} if rule.section is not None else {}


def _replaces_prefix(rule: Rule) -> bool:
    to = rule.redirect.path if rule.redirect is not None else rule.route.rewrite
    return to is not None and not rule.exact


def _matches(rule: Rule) -> list[dict[str, Any]]:
    match: dict[str, Any] = {"path": {"type": "Exact" if rule.exact else "PathPrefix", "value": rule.path}}
    if rule.headers:
        match["headers"] = header_matches(rule)
    return [{**match, "method": method} for method in rule.methods] or [match]


def header_matches(rule: Rule) -> list[dict[str, str]]:
    """Return the headers that a request must have."""
    return [{"type": "Exact", "name": name, "value": value} for name, value in rule.headers]


def _action(rule: Rule, way: IngressClass) -> dict[str, Any]:
    """Return what a rule does with a request."""
    filters = _filters(rule, way)
    action: dict[str, Any] = {"filters": filters} if filters else {}
    if rule.port is not None:
        action["backendRefs"] = backends(rule)
    if rule.timeout is not None:
        action["timeouts"] = {"request": duration(rule.timeout)}
    return action


def duration(text: str) -> str:
    """Return a duration in the API's form, whose numbers have at most five digits: `100000ms` is `1m40s`.

    Source: https://gateway-api.sigs.k8s.io/geps/gep-2257/
    """
    if len(text.rstrip("msh")) <= _DIGITS:
        return text
    minutes, rest = divmod(int(exact_seconds(text) * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    parts = {"h": hours, "m": minutes, "s": rest // 1000, "ms": rest % 1000}
    return "".join(f"{number}{unit}" for unit, number in parts.items() if number)


def backends(rule: Rule) -> list[dict[str, Any]]:
    """Return the Services that answer."""
    if rule.port is None:
        return []
    return [
        {"name": one.service, "port": rule.port.port, **({"weight": one.weight} if one.weight is not None else {})}
        for one in rule.targets
    ]


def _filters(rule: Rule, way: IngressClass) -> list[dict[str, Any]]:
    """Return what is done with a request and its answer, in an order that never changes."""
    route = rule.route
    filters = header_filters(rule)
    if rule.mirror is not None and rule.port is not None:
        filters.append(request_mirror(rule.mirror, rule.port))
    if route.cors is not None:
        filters.append({"type": "CORS", "cors": _cors(route.cors)})
    if route.rewrite is not None:
        filters.append({"type": "URLRewrite", "urlRewrite": {"path": _new_path(rule, route.rewrite.path)}})
    if rule.redirect is not None:
        redirect: dict[str, Any] = {"statusCode": rule.redirect.code}
        if rule.redirect.host is not None:
            redirect["hostname"] = rule.redirect.host
        if rule.redirect.path is not None:
            redirect["path"] = _new_path(rule, rule.redirect.path)
        if way.port is not None:
            redirect["port"] = way.port
        filters.append({"type": "RequestRedirect", "requestRedirect": redirect})
    return filters


def header_filters(rule: Rule) -> list[dict[str, Any]]:
    """Return the filters that change headers."""
    found = []
    for kind, changes in (("Request", rule.route.request_headers), ("Response", rule.route.response_headers)):
        if changes is not None:
            key = f"{kind.lower()}HeaderModifier"
            found.append({"type": f"{kind}HeaderModifier", key: _header_changes(changes)})
    return found


def _header_changes(changes: HeaderChanges) -> dict[str, Any]:
    said: dict[str, Any] = {
        "set": _pairs(changes.set),
        "add": _pairs(changes.add),
        "remove": changes.remove,
    }
    return {key: value for key, value in said.items() if value}


def _pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in sorted(headers.items())]


def _cors(cors: Cors) -> dict[str, Any]:
    said: dict[str, Any] = {
        "allowOrigins": cors.origins,
        "allowMethods": cors.methods,
        "allowHeaders": cors.headers,
        "exposeHeaders": cors.expose_headers,
        "maxAge": seconds(cors.max_age),
        "allowCredentials": cors.credentials or None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _new_path(rule: Rule, path: str) -> dict[str, str]:
    if rule.exact:
        return {"type": "ReplaceFullPath", "replaceFullPath": path}
    return {"type": "ReplacePrefixMatch", "replacePrefixMatch": path}
