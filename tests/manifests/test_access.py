"""Network policies and a mesh's policies say the same: both are written from the permissions."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.manifests.access.permissions import callers, permissions
from components.manifests.objects import RUNS_AS, SERVICE, Manifest
from schemas.model import (
    Application,
    Connection,
    Environment,
    Host,
    Inbound,
    IngressClass,
    Mesh,
    Route,
    Trigger,
)
from schemas.model.observability import Metrics, Monitoring, Observability, Severities
from schemas.model.platform import IngressSource
from schemas.model.service import Access
from tests.manifests.models import (
    HTTP,
    application,
    environment,
    job,
    named,
    of_kind,
    pods,
    port,
    rendered,
    service,
    way_in,
)

TUNNEL = 15008
MESHES = ("istio-sidecar", "istio-ambient")
PORTS = {"http": HTTP, "api": port(9000, app_protocol="grpc"), "log": port(514, protocol="UDP")}
INBOUND = {
    "a": Inbound(application="reports", service="nightly"),
    "b": Inbound(application="reports", service="daily", port="api", paths=["/list"]),
}
WAYS = [
    None,
    IngressClass(kind="ingress", class_="nginx"),
    IngressClass(kind="ingress", class_="nginx", from_=IngressSource(namespace="proxy", service_account="nginx")),
    IngressClass(kind="gateway", class_="istio", from_=IngressSource(namespace="proxy")),
    IngressClass(kind="gateway", class_="istio"),
]

Opened = set[tuple[str, str, int]]
"""Who may come: a namespace, the pods or the account, and a port."""


def mesh(kind: str = "istio-sidecar", **changes: Any) -> Mesh:
    fixed: Any = kind
    return Mesh(**{"kind": fixed, "cni": True, "namespace": "istio-system", "trust_domain": "acme.test", **changes})


@st.composite
def applications(draw: st.DrawFn) -> Application:
    calls = {
        "one": Connection(service="api", port="http", methods=["GET"], paths=["/items/*"]),
        "two": Connection(service="api", port=9000),
        "three": Connection(service="web", port="http"),
        "log": Connection(service="api", port="log"),
    }
    some = draw(st.lists(st.sampled_from(sorted(calls)), unique=True))
    web = service(connections={key: calls[key] for key in some}, ports={"http": HTTP})
    inbound = draw(st.lists(st.sampled_from(sorted(INBOUND)), unique=True))
    api = service("api", ports=PORTS, access=Access(inbound={key: INBOUND[key] for key in inbound}))
    jobs = draw(st.lists(st.sampled_from(["tidy", "sweep"]), unique=True))
    routes = draw(st.sampled_from([{}, {"/": Route(service="web")}, {"/": Route(service="api", port="http")}]))
    ingress = way_in(hosts={"home": Host(subdomain="www")}, routes=routes) if routes else None
    return application(web, api, jobs=tuple(job(name) for name in jobs), ingress=ingress)


PLACES = st.builds(environment, mesh=st.sampled_from(MESHES).map(mesh), ingress=st.sampled_from(WAYS))


def account_of(peer: dict[str, Any]) -> tuple[str, str]:
    """Return the namespace and the account of a network policy's peer, as this application's names go."""
    spaces = peer.get("namespaceSelector", {"matchLabels": {"kubernetes.io/metadata.name": "shop-dev"}})
    space = spaces.get("matchLabels", {}).get("kubernetes.io/metadata.name", "*")
    labels = peer.get("podSelector", {}).get("matchLabels", {})
    if RUNS_AS in labels:
        return space, f"{labels[RUNS_AS]}.*"
    if gateway := labels.get("gateway.networking.k8s.io/gateway-name"):
        return space, "shop-istio" if gateway == "shop" else gateway
    name = labels.get(SERVICE) or labels.get("app.kubernetes.io/name", "nginx" if space == "proxy" else "*")
    return space, f"web.{name}" if name in ("tidy", "sweep") else name


def by_network(policy: Manifest) -> Opened:
    return {
        (*account_of(peer), one["port"])
        for rule in policy["spec"]["ingress"]
        for peer in rule["from"]
        for one in rule["ports"]
        if one["protocol"] == "TCP"
    }


def by_identity(policy: Manifest) -> Opened:
    found: Opened = set()
    for rule in policy["spec"].get("rules", []):
        (operation,) = (to["operation"] for to in rule["to"])
        for source in (one["source"] for one in rule["from"]):
            names = [
                tuple(name.split("/")[2::2]) if "/" in name else ("*", "*") for name in source.get("principals", [])
            ]
            names += [(space, "*") for space in source.get("namespaces", [])]
            found |= {(space, account, int(number)) for space, account in names for number in operation["ports"]}
    return found


def any_account(opened: Opened, place: Environment) -> Opened:
    """Return who may come without the account of a proxy, of which a network policy knows the namespace alone."""
    way = place.ingress
    known = way is not None and way.from_ is not None and way.from_.service_account is not None
    return opened if known else {(space, "*" if space == "proxy" else name, at) for space, name, at in opened}


@given(applications(), PLACES)
@settings(max_examples=60, deadline=None)
def test_the_network_and_the_mesh_let_the_same_callers_in(app: Application, place: Environment) -> None:
    objects = rendered(app, place)
    policies = {one["metadata"]["name"]: one for one in of_kind(objects, "AuthorizationPolicy")}
    for name, one in app.services.items():
        opened = any_account(by_network(named(objects, "NetworkPolicy", name)), place)
        assert place.mesh is not None
        if place.mesh.kind == "istio-sidecar":
            assert opened == (by_identity(policies[name]) if name in policies else set())
            continue
        # A node reads no HTTP: who may ask for some paths only comes through the waypoint, where ports are a Service's.
        numbers = {port.port: port.container_port for port in one.ports.values()}
        through = by_identity(policies[f"{name}.waypoint"]) if name in policies else set()
        through = {(space, account, numbers[at]) for space, account, at in through}
        own = {entry for entry in opened if entry[1] != "waypoint" and entry[2] != TUNNEL}
        assert own == through
        at_pods = by_identity(policies[name]) if name in policies else set()
        assert {entry for entry in at_pods if entry[1] != "waypoint"} <= through
        assert {entry[2] for entry in at_pods if entry[1] == "waypoint"} == {entry[2] for entry in through}
        assert ("shop-dev", "waypoint", TUNNEL) in opened or not through


@given(applications(), PLACES)
@settings(max_examples=30, deadline=None)
def test_whoever_is_let_in_by_a_service_is_let_out_to_it(app: Application, place: Environment) -> None:
    objects = rendered(app, place)
    for name in app.services:
        for rule in named(objects, "NetworkPolicy", name)["spec"]["ingress"]:
            for peer in rule["from"]:
                caller = peer.get("podSelector", {}).get("matchLabels", {}).get(SERVICE)
                if "namespaceSelector" in peer or caller is None:
                    continue
                leaving = named(objects, "NetworkPolicy", caller)["spec"]["egress"]
                to = {"podSelector": {"matchLabels": {SERVICE: name, "app.kubernetes.io/part-of": "shop"}}}
                assert {"to": [to], "ports": rule["ports"]} in leaving


@given(applications(), PLACES)
@settings(max_examples=30, deadline=None)
def test_a_node_is_never_asked_to_read_http(app: Application, place: Environment) -> None:
    """A rule about HTTP is one that Istio's node proxy never fulfils."""
    for one in of_kind(rendered(app, place), "AuthorizationPolicy"):
        narrow = [to for rule in one["spec"].get("rules", []) for to in rule.get("to", []) if len(to["operation"]) > 1]
        assert place.mesh is not None
        assert place.mesh.kind == "istio-sidecar" or "targetRefs" in one["spec"] or not narrow


@pytest.mark.parametrize("kind", MESHES)
def test_prometheus_proves_nothing_and_is_let_in_to_metrics_alone(kind: str) -> None:
    metrics = Observability(metrics=Metrics(port="metrics", path="/metrics"))
    web = service(ports={"http": HTTP, "metrics": port(9090, expose=False)}, observability=metrics)
    severities = Severities(page="critical", ticket="warning")
    watch = Monitoring(labels={}, namespace="watch", severities=severities, proxies=False)
    place = environment(mesh=mesh(kind), monitoring=watch)
    objects = rendered(application(web), place)
    assert by_network(named(objects, "NetworkPolicy", "web")) == {("watch", "*", 9090)}
    (rule,) = named(objects, "AuthorizationPolicy", "web")["spec"]["rules"]
    assert rule == {"to": [{"operation": {"ports": ["9090"]}}]}


@pytest.mark.parametrize("kind", MESHES)
def test_nobody_may_call_what_nothing_permits(kind: str) -> None:
    objects = rendered(application(service(), service("api")), environment(mesh=mesh(kind)))
    policies = {one["metadata"]["name"]: one["spec"] for one in of_kind(objects, "AuthorizationPolicy")}
    waypoint = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "waypoint"}
    assert policies.pop("default-deny") == {}
    assert policies == ({} if kind == "istio-sidecar" else {"waypoint": {"targetRefs": [waypoint]}})


def test_each_pod_has_the_account_by_which_it_is_let_in() -> None:
    web = service(connections={"api": Connection(port="http")})
    app = application(web, service("api", ports=PORTS), jobs=(job(), job("migrate", trigger=Trigger(before=["api"]))))
    objects = rendered(app, environment(mesh=mesh()))
    (permission,) = permissions(app, environment(), app.services["api"], callers(app))
    running = {pod["spec"]["serviceAccountName"]: pod["metadata"]["labels"] for pod in pods(objects)}
    for caller in permission.callers:
        assert caller.account is not None
        assert caller.pods is not None
        assert caller.pods.items() <= running[caller.account].items()
    assert [caller.account for caller in permission.callers] == ["web", "web.migrate", "web.tidy"]
