"""Istio's objects for a service of a test, by hand."""

from typing import Any


def service(namespace: str, name: str) -> dict[str, Any]:
    """Return a Service over port 80 of the pods that have its name."""
    port = {"name": "http", "port": 80, "targetPort": "http"}
    spec = {"selector": {"app": name}, "ports": [port]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def rule(namespace: str, name: str, policy: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a DestinationRule with a traffic policy."""
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "DestinationRule",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"host": f"{name}.{namespace}.svc.cluster.local", "trafficPolicy": policy, **more},
    }


def routes(namespace: str, name: str, http: dict[str, Any]) -> dict[str, Any]:
    """Return a VirtualService with one route, to the service itself unless `http` has another."""
    host = f"{name}.{namespace}.svc.cluster.local"
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"hosts": [host], "http": [{"route": [{"destination": {"host": host}}], **http}]},
    }
