"""What watching needs of the network: the namespace denies everything, and Prometheus and collectors are outside it."""

from typing import Any

from components.manifests.objects import Manifest, manifest
from schemas.model import Application, Environment, Monitoring

_PROXY_METRICS = 15090
"""Where Istio's proxies answer with their metrics, in plain text.

Source: https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
"""


def proxy_policies(app: Application, environment: Environment, monitoring: Monitoring) -> list[Manifest]:
    """Return the policies by which Prometheus reads the mesh's proxies, whoever asks it to, and they send traces."""
    mesh = environment.mesh
    if mesh is None or not mesh.kind.startswith("istio-"):
        return []
    read = {"from": [_namespace(monitoring.namespace)], "ports": [_port(_PROXY_METRICS)]}
    found = [_policy(app, "allow-proxy-metrics", "Ingress", read)]
    if monitoring.tracing is not None:
        sent = {"to": [_namespace(monitoring.tracing.namespace)], "ports": [_port(monitoring.tracing.port)]}
        found.append(_policy(app, "allow-traces", "Egress", sent))
    return found


def _policy(app: Application, name: str, way: str, rule: dict[str, Any]) -> Manifest:
    spec = {"podSelector": {}, "policyTypes": [way], way.lower(): [rule]}
    return {**manifest("networking.k8s.io/v1", "NetworkPolicy", name, app), "spec": spec}


def _namespace(name: str | None) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}} if name else {}}


def _port(number: int) -> dict[str, Any]:
    return {"port": number, "protocol": "TCP"}
