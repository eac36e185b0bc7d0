"""Who lets Prometheus in: the namespace denies everybody, and metrics are read from outside it."""

from typing import Any

from components.manifests.objects import Manifest, manifest
from schemas.model import Application, Environment, Monitoring

_PROXY_METRICS = 15090
"""Where Istio's proxies answer with their metrics, in plain text.

Source: https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
"""


def proxy_policy(app: Application, environment: Environment, monitoring: Monitoring) -> Manifest | None:
    """Return the policy by which Prometheus reads the mesh's proxies, whoever asks it to."""
    mesh = environment.mesh
    if mesh is None or not mesh.kind.startswith("istio-"):
        return None
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [_rule(monitoring, _PROXY_METRICS)]}
    return {**manifest("networking.k8s.io/v1", "NetworkPolicy", "allow-proxy-metrics", app), "spec": spec}


def _rule(monitoring: Monitoring, port: int) -> dict[str, Any]:
    named = {"matchLabels": {"kubernetes.io/metadata.name": monitoring.namespace}} if monitoring.namespace else {}
    return {"from": [{"namespaceSelector": named}], "ports": [{"port": port, "protocol": "TCP"}]}
