"""Network policies: nothing may talk but what the permissions and connections say."""

from collections.abc import Iterator
from typing import Any

from components.manifests.access.permissions import (
    GATEWAY,
    Caller,
    Callers,
    Permission,
    has_own_gateway,
    namespace_of,
    permissions,
)
from components.manifests.mesh.waypoint import TUNNEL_PORT, WAYPOINT
from components.manifests.network.addresses import called_port
from components.manifests.objects import Manifest, manifest, selector, service_pods
from schemas.model import Application, Environment, Job, Mesh, Port, Service

_NAMESPACE = "kubernetes.io/metadata.name"
_TUNNEL = {"port": TUNNEL_PORT, "protocol": "TCP"}
_CONTROL_PLANE_PORT = 15012
"""Where a proxy gets its configuration and its certificate."""

_KUBELET = ("169.254.7.127/32", "fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128")
"""From where probes come in a pod of Istio's ambient mesh.

Source: https://istio.io/latest/docs/ambient/usage/networkpolicy/
"""

Rule = dict[str, Any]


def default_policies(app: Application, environment: Environment) -> list[Manifest]:
    """Return the policy that denies everything in the namespace, and those that let every pod ask DNS and the mesh.

    Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies
    """
    deny = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    dns = {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [
            {
                "to": [
                    {
                        "namespaceSelector": {"matchLabels": {_NAMESPACE: "kube-system"}},
                        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                    }
                ],
                # Some clusters' DNS listens on another port behind its Service, so the pods are named and no port is.
            }
        ],
    }
    return [
        {**_policy("default-deny", app), "spec": deny},
        {**_policy("allow-dns", app), "spec": dns},
        *_proxies(app, environment),
        *([_gateway_policy(app, environment.mesh)] if app.ingress is not None and has_own_gateway(environment) else []),
    ]


def service_policy(app: Application, environment: Environment, service: Service, calling: Callers) -> Manifest:
    """Return who may call a service, and whom it may call."""
    found = permissions(app, environment, service, calling)
    is_passed = _is_tunnelled(environment) and any(one.is_proven for one in found)
    from_waypoint = [{"from": [_waypoint()], "ports": [_TUNNEL]}] if is_passed else []
    spec = {
        "podSelector": {"matchLabels": service_pods(app.name, service.name)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [*(_ingress(app, environment, one) for one in found), *from_waypoint],
        "egress": _egress(app, environment, service),
    }
    return {**_policy(service.name, app, service), "spec": spec}


def job_policy(app: Application, environment: Environment, job: Job) -> Manifest:
    """Return whom a job may call: the same as the service that it runs as. Nobody calls a job."""
    spec = {
        "podSelector": {"matchLabels": selector(app, job.name)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [],
        "egress": _egress(app, environment, app.services[job.service]),
    }
    return {**_policy(job.name, app), "spec": spec}


def _policy(name: str, app: Application, service: Service | None = None) -> Manifest:
    return manifest("networking.k8s.io/v1", "NetworkPolicy", name, app, service)


def _ingress(app: Application, environment: Environment, permission: Permission) -> Rule:
    """Return a permission as a policy says it: methods and paths are a mesh's matter."""
    tunnel = _tunnel(environment) if permission.is_proven else []
    ports = [*(_port(port) for port in permission.ports), *tunnel]
    return {"from": [_peer(app, caller) for caller in permission.callers], "ports": ports}


def _peer(app: Application, caller: Caller) -> Rule:
    pods = {"podSelector": {"matchLabels": dict(caller.pods)}} if caller.pods is not None else {}
    if caller.namespace == app.namespace and pods:
        return pods
    match = {"matchLabels": {_NAMESPACE: caller.namespace}} if caller.namespace is not None else {}
    return {"namespaceSelector": match, **pods}


def _egress(app: Application, environment: Environment, service: Service) -> list[Rule]:
    rules: list[Rule] = []
    waypoints: dict[str, Rule] = {}
    for key, connection in sorted(service.connections.items()):
        name = connection.service or key
        if connection.host is not None:
            # A policy knows addresses, not host names, so the way out is open to the port.
            anywhere = {"ipBlock": {"cidr": "0.0.0.0/0"}}
            rules.append({"to": [anywhere], "ports": [{"port": connection.port, "protocol": "TCP"}]})
        elif connection.application is not None:
            namespace = namespace_of(app, connection.application)
            labels = service_pods(connection.application, name)
            # Which port its pods listen on is the other application's business.
            rules.append({"to": [_peer(app, Caller(namespace, labels, None))]})
            waypoints[namespace] = _peer(app, Caller(namespace, {GATEWAY: WAYPOINT}, None))
        else:
            called = _port(called_port(app.services[name], connection))
            peer = {"podSelector": {"matchLabels": service_pods(app.name, name)}}
            rules.append({"to": [peer], "ports": [called, *_tunnel(environment)]})
            waypoints[app.namespace] = _waypoint()
    if service.kubernetes_api is not None:
        rules.append(_to_kubernetes_api(environment))
    ways = [{"to": [peer], "ports": [_TUNNEL]} for _, peer in sorted(waypoints.items())]
    return [*rules, *(ways if _is_tunnelled(environment) else [])]


def _proxies(app: Application, environment: Environment) -> Iterator[Manifest]:
    """Yield what the proxies of a mesh need beside the traffic that they carry."""
    mesh = environment.mesh
    if mesh is None or mesh.kind == "gateway-api":
        return
    if mesh.kind == "istio-sidecar":
        spec: Rule = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [_to_control_plane(mesh)]}
    else:
        kubelet = [{"ipBlock": {"cidr": address}} for address in _KUBELET]
        spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": kubelet}]}
        yield _waypoint_policy(app, environment, mesh)
    yield {**_policy("allow-mesh", app), "spec": spec}


def _waypoint_policy(app: Application, environment: Environment, mesh: Mesh) -> Manifest:
    """Return who may call the waypoint: whoever calls a service through it, which it checks by identity."""
    callers = [
        caller
        for service in app.services.values()
        for permission in permissions(app, environment, service, {})
        if permission.is_proven
        for caller in permission.callers
    ]
    outside = sorted({caller.namespace or "" for caller in callers if caller.namespace != app.namespace})
    peers = [{"podSelector": {}}, *(_peer(app, Caller(name or None, None, None)) for name in outside)]
    spec = {
        "podSelector": {"matchLabels": {GATEWAY: WAYPOINT}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": peers, "ports": [_TUNNEL]}],
        "egress": [{"to": [{"podSelector": {}}], "ports": [_TUNNEL]}, _to_control_plane(mesh)],
    }
    return {**_policy(WAYPOINT, app), "spec": spec}


def _gateway_policy(app: Application, mesh: Mesh | None) -> Manifest:
    """Return the policy of the proxy that Istio runs for the application's own Gateway: people call it."""
    spec = {
        "podSelector": {"matchLabels": {GATEWAY: app.name}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{}],
        "egress": [{"to": [{"podSelector": {}}]}, _to_control_plane(mesh)],
    }
    return {**_policy(f"{app.name}.gateway", app), "spec": spec}


def _to_control_plane(mesh: Mesh | None) -> Rule:
    """Return the way to istiod, which may serve a Gateway and no mesh; it stands where Istio puts it, then."""
    place = mesh.namespace if mesh is not None else "istio-system"
    namespace = {"namespaceSelector": {"matchLabels": {_NAMESPACE: place}}}
    istiod = {**namespace, "podSelector": {"matchLabels": {"app": "istiod"}}}
    return {"to": [istiod], "ports": [{"port": _CONTROL_PLANE_PORT, "protocol": "TCP"}]}


def _to_kubernetes_api(environment: Environment) -> Rule:
    """Return the way to the Kubernetes API: its server is no pod, so a policy knows it by its addresses alone."""
    server = environment.cluster.api_server if environment.cluster else None
    cidr, ports = (server.cidr, [server.port]) if server is not None else ("0.0.0.0/0", [443, 6443])
    return {"to": [{"ipBlock": {"cidr": cidr}}], "ports": [{"port": port, "protocol": "TCP"} for port in ports]}


def _waypoint() -> Rule:
    return {"podSelector": {"matchLabels": {GATEWAY: WAYPOINT}}}


def _is_tunnelled(environment: Environment) -> bool:
    """Return whether pods reach each other through Istio's tunnel, whatever the port."""
    return environment.mesh is not None and environment.mesh.kind == "istio-ambient"


def _tunnel(environment: Environment) -> list[Rule]:
    return [_TUNNEL] if _is_tunnelled(environment) else []


def _port(port: Port) -> Rule:
    """Return a policy's port: that of the pod, because policies see packets after the Service's translation."""
    return {"port": port.container_port, "protocol": port.protocol}
