"""An Ingress: hosts, paths and a certificate, and no word for anything else.

Source: https://kubernetes.io/docs/concepts/services-networking/ingress/
"""

from typing import Any

from components.manifests.exemptions import exempted, ingress_exemptions
from components.manifests.ingress.certificate import secret_name
from components.manifests.ingress.intent import Rule, Site
from components.manifests.objects import Manifest, manifest
from schemas.model import Application, IngressClass


def objects(app: Application, way: IngressClass, sites: list[Site], /) -> list[Manifest]:
    """Return one Ingress for all hosts that have a rule."""
    rules = [
        {"host": site.host, "http": {"paths": [_path(rule) for rule in site.rules]}} for site in sites if site.rules
    ]
    body: dict[str, Any] = {"ingressClassName": way.class_, "rules": rules}
    if way.tls is not None:
        body["tls"] = [{"hosts": [site.host for site in sites], "secretName": secret_name(app, way.tls)}]
    head = manifest("networking.k8s.io/v1", "Ingress", app.name, app)
    return [{**exempted(head, ingress_exemptions(way)), "spec": body}]


def _path(rule: Rule) -> dict[str, Any]:
    if rule.port is None:
        raise TypeError("the platform's table keeps redirects from an Ingress")
    (target,) = rule.targets
    backend = {"name": target.service, "port": {"number": rule.port.port}}
    return {"path": rule.path, "pathType": "Exact" if rule.exact else "Prefix", "backend": {"service": backend}}
