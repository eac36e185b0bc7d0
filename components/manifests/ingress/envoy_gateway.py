"""What Envoy Gateway can do beyond the Gateway API: limits of requests, for each route that asks for one.

Source: https://gateway.envoyproxy.io/latest/api/extension_types/#backendtrafficpolicy
"""

from typing import Any

from components.manifests.ingress.intent import Rule, Site
from components.manifests.objects import Manifest, manifest, short
from schemas.model import Application, RateLimit

_EVERYBODY = ("0.0.0.0/0", "::/0")


def policies(app: Application, sites: list[Site], routes: list[Manifest]) -> list[Manifest]:
    """Return a policy for each route of a spec that limits requests; `routes` are the objects that came of them."""
    asked = {rule.section: rule for site in sites for rule in site.rules if rule.section is not None}
    return [_policy(app, section, rule, routes) for section, rule in sorted(asked.items())]


def _policy(app: Application, section: str, rule: Rule, routes: list[Manifest]) -> Manifest:
    head = manifest("gateway.envoyproxy.io/v1alpha1", "BackendTrafficPolicy", short(f"{app.name}.{section}"), app)
    targets = [
        {
            "group": "gateway.networking.k8s.io",
            "kind": route["kind"],
            "name": route["metadata"]["name"],
            "sectionName": one["name"],
        }
        for route in routes
        for one in route["spec"]["rules"]
        if one.get("name", "").partition(".")[0] == section
    ]
    spec: dict[str, Any] = {"targetRefs": targets}
    if rule.route.rate_limit is not None:
        spec["rateLimit"] = {"local": {"rules": _limits(rule.route.rate_limit)}}
    if rule.route.max_request_size is not None:
        spec["requestBuffer"] = {"limit": rule.route.max_request_size}
    return {**head, "spec": spec}


def _limits(asked: RateLimit) -> list[dict[str, Any]]:
    limit = {"requests": asked.requests, "unit": asked.per.capitalize()}
    if asked.by == "everybody":
        return [{"limit": limit}]
    each = [{"sourceCIDR": {"type": "Distinct", "value": addresses}} for addresses in _EVERYBODY]
    return [{"clientSelectors": [client], "limit": limit} for client in each]
