"""GRPCRoutes: the routes of a host where every service speaks gRPC.

Source: https://gateway-api.sigs.k8s.io/reference/api-spec/main/spec/#grpcroute
"""

import re
from typing import Any

from components.manifests.ingress.http_route import backends, header_filters, header_matches, section
from components.manifests.ingress.intent import Rule, Site

_SERVICE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z_][a-zA-Z0-9_]*)*")
_METHOD = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def fits(site: Site) -> bool:
    """Return whether GRPCRoutes can say all rules of a host.

    A host has HTTPRoutes or GRPCRoutes and never both, so one rule that needs the other makes them all HTTPRoutes,
    through which gRPC passes as the HTTP/2 that it is.
    """
    return all(_fits(rule) for rule in site.rules)


def rules(site: Site) -> list[dict[str, Any]]:
    """Return a host's rules."""
    return [_rule(rule) for rule in site.rules]


def _rule(rule: Rule) -> dict[str, Any]:
    match: dict[str, Any] = {}
    called = rule.segments.split("/")[1:]
    if called:
        match["method"] = {"type": "Exact", **dict(zip(("service", "method"), called, strict=False))}
    if rule.headers:
        match["headers"] = header_matches(rule)
    filters = header_filters(rule)
    return {
        **section(rule),
        **({"matches": [match]} if match else {}),
        **({"filters": filters} if filters else {}),
        "backendRefs": backends(rule),
    }


def _fits(rule: Rule) -> bool:
    asked = rule.route
    if rule.port is None or rule.port.app_protocol != "grpc" or rule.methods:
        return False
    if rule.timeout is not None or asked.rewrite is not None or asked.cors is not None:
        return False
    called = rule.segments.split("/")[1:]
    named = all(form.fullmatch(part) for form, part in zip((_SERVICE, _METHOD), called, strict=False))
    return named and (len(called) == 2 if rule.exact else len(called) <= 2)
