"""What a mesh can share out between the versions of a service: calls, connections, or nothing."""

from schemas.platform.meshes import PLAIN, mesh_of
from schemas.platform.needs import Lack, Need
from schemas.problems import Path
from schemas.text.document import Node, descend

_HIDDEN = ("https", "tcp", "redis", "postgres", "mysql", "mongo", "amqp", "kafka")
"""What is spoken where a route for HTTP sees no calls."""


def _no_shares(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say that a Service picks pods: without a mesh one version gets all calls, and none gets a share of them."""
    split = descend(spec, path)
    if mesh_of(entry) != PLAIN or split is None or sum(bool(share.value) for share in split.entries.values()) < 2:
        return None
    return Lack("only a mesh can share calls out by weight, and the platform has none")


def _no_http(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say that a mesh which takes HTTPRoutes shares out what they see, and other ports have no such route.

    Source: https://gateway-api.sigs.k8s.io/concepts/versioning/ (a TCPRoute is experimental)
    """
    if mesh_of(entry) not in ("istio-ambient", "gateway-api"):
        return None
    ports = descend(spec, (*path[:2], "ports"))
    for name, port in ports.entries.items() if ports is not None else ():
        exposed, spoken, protocol = (port.entries.get(key) for key in ("expose", "appProtocol", "protocol"))
        is_called = exposed is None or exposed.value is not False
        is_hidden = spoken is not None and spoken.value in _HIDDEN
        if is_called and (is_hidden or (protocol is not None and protocol.value != "TCP")):
            return Lack(f"an HTTPRoute does not share out the port `{name}`, and there is nothing else to share it out")
    return None


def _no_canary(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say what keeps a canary's calls from being shared out, before there is one."""
    strategy = descend(spec, path)
    if strategy is None or strategy.value != "canary":
        return None
    if mesh_of(entry) == PLAIN:
        return Lack("only a mesh can give a canary a share of the calls, and the platform has none")
    return _no_http(spec, path, entry)


_SPLIT: Path = ("services", "*", "traffic", "split")


def _no_weights(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say that an Ingress leads to one Service, and a route of it to a service whose calls are shared out."""
    kind, service = descend(entry, ("ingress", "kind")), descend(spec, (*path, "service"))
    if kind is None or kind.value != "ingress" or service is None:
        return None
    split = descend(spec, ("services", str(service.value), "traffic", "split"))
    strategy = descend(spec, ("services", str(service.value), "rollout", "strategy"))
    is_shared = split is not None and sum(bool(share.value) for share in split.entries.values()) > 1
    if not is_shared and (strategy is None or strategy.value != "canary" or mesh_of(entry) == PLAIN):
        return None
    return Lack(f"an Ingress cannot share calls out between the versions of `{service.value}`")


NEEDS = (
    Need(("ingress", "routes", "*"), "SW3205", _no_weights, ("ingress", "kind"), "Ask for `kind: gateway` there."),
    Need(("services", "*", "rollout", "strategy"), "SW3205", _no_canary, ("mesh",), "Say `blueGreen` there."),
    Need(_SPLIT, "SW3205", _no_shares, ("mesh",), "Give one version 100 there, and the others 0."),
    Need(_SPLIT, "SW3205", _no_http, ("mesh", "kind"), "Give the port to a service of its own."),
)
