"""The waypoint of Istio's ambient mesh: the proxy of a namespace that reads HTTP.

Source: https://istio.io/latest/docs/ambient/usage/waypoint/
"""

from components.manifests.objects import Manifest, manifest
from schemas.model import Application

WAYPOINT = "waypoint"
"""The name of the namespace's waypoint, and of the account that it runs as."""

TUNNEL_PORT = 15008
"""The port of Istio's tunnel, HBONE."""


def waypoint(app: Application) -> Manifest:
    """Return the Gateway for which Istio runs the waypoint."""
    head = manifest("gateway.networking.k8s.io/v1", "Gateway", WAYPOINT, app)
    head["metadata"]["labels"]["istio.io/waypoint-for"] = "service"
    listener = {"name": "mesh", "port": TUNNEL_PORT, "protocol": "HBONE"}
    return {**head, "spec": {"gatewayClassName": "istio-waypoint", "listeners": [listener]}}
