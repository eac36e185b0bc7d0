"""Who may talk to whom, and by which address people come in."""

from typing import Any

import pytest

from components.manifests import ingress_objects
from components.manifests.network.addresses import addresses
from components.manifests.objects import RUNS_AS, SERVICE
from schemas.model import Application, Connection, Host, IngressClass, Route
from schemas.model.platform import IngressSource
from schemas.model.service import Access, Inbound
from tests.manifests.models import (
    HTTP,
    WILDCARD,
    application,
    environment,
    job,
    named,
    of_kind,
    port,
    rendered,
    service,
    way_in,
)

METRICS = port(9000, expose=False)


def rules(app: Application, name: str, direction: str, **changes: Any) -> list[dict[str, Any]]:
    return list(named(rendered(app, environment(**changes)), "NetworkPolicy", name)["spec"][direction])


def local(name: str, label: str = SERVICE) -> dict[str, Any]:
    return {"podSelector": {"matchLabels": {label: name, "app.kubernetes.io/part-of": "shop"}}}


def elsewhere(name: str, of: str, label: str = SERVICE) -> dict[str, Any]:
    labels = {label: name, "app.kubernetes.io/part-of": of}
    namespace = {"matchLabels": {"kubernetes.io/metadata.name": f"{of}-dev"}}
    return {"namespaceSelector": namespace, "podSelector": {"matchLabels": labels}}


TARGET = [{"port": 8080, "protocol": "TCP"}]
"""The port in the container: policies see packets after the Service's translation."""


def test_connection_opens_the_way_on_both_sides_for_a_service_and_its_jobs() -> None:
    web = service(connections={"backend": Connection(service="api", port="http")})
    app = application(
        web, service("api", ports={"http": HTTP, "metrics": METRICS}), jobs=(job("tidy"), job("other", service="api"))
    )
    assert rules(app, "api", "ingress") == [
        {
            "from": [local("web"), local("tidy", "app.kubernetes.io/name")],
            "ports": TARGET,
        }
    ]
    assert rules(app, "web", "egress") == [{"to": [local("api")], "ports": TARGET}]
    assert rules(app, "tidy", "egress") == [{"to": [local("api")], "ports": TARGET}]
    assert rules(app, "tidy", "ingress") == []
    assert rules(app, "other", "egress") == []


def test_without_connections_and_routes_nobody_comes_and_nothing_goes() -> None:
    app = application(service(), service("api"))
    for name in ("web", "api"):
        assert rules(app, name, "ingress") == []
        assert rules(app, name, "egress") == []
    deny = named(rendered(app), "NetworkPolicy", "default-deny")["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_other_applications_come_to_exposed_ports_when_access_says() -> None:
    access = Access(
        inbound={
            "b": Inbound(application="reports", service="nightly"),
            "a": Inbound(application="billing", service="api"),
        }
    )
    app = application(service(ports={"http": HTTP, "metrics": METRICS}, access=access))
    expected = [
        {"from": [elsewhere("api", "billing"), elsewhere("api", "billing", RUNS_AS)], "ports": TARGET},
        {"from": [elsewhere("nightly", "reports"), elsewhere("nightly", "reports", RUNS_AS)], "ports": TARGET},
    ]
    assert rules(app, "web", "ingress") == expected


def test_who_lets_a_service_of_another_application_in_lets_in_the_pods_of_its_jobs() -> None:
    caller = application(
        service(connections={"billing": Connection(application="billing", service="api", port=80)}), jobs=(job("tidy"),)
    )
    run = of_kind(rendered(caller), "CronJob")[0]["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
    access = Access(inbound={"shop": Inbound(application=caller.name, service="web")})
    called = application(service("api", ports={"http": HTTP}, access=access), name="billing", namespace="billing-dev")
    peers = rules(called, "api", "ingress")[0]["from"]
    selected = [peer for peer in peers if peer["podSelector"]["matchLabels"].items() <= run.items()]
    assert selected == [elsewhere("web", caller.name, RUNS_AS)]


EGRESS = [
    (
        Connection(host="db.test", port=5432),
        {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 5432, "protocol": "TCP"}]},
    ),
    (Connection(application="billing", port=80), {"to": [elsewhere("api", "billing")]}),
    (Connection(application="billing", service="ledger", port=80), {"to": [elsewhere("ledger", "billing")]}),
]


@pytest.mark.parametrize(("connection", "expected"), EGRESS)
def test_way_out_of_the_application(connection: Connection, expected: dict[str, Any]) -> None:
    assert rules(application(service(connections={"api": connection})), "web", "egress") == [expected]


WAYS = [
    (
        IngressClass(kind="ingress", class_="nginx", from_=IngressSource(namespace="proxy")),
        [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "proxy"}}}],
    ),
    (IngressClass(kind="gateway", class_="eg"), [{"namespaceSelector": {}}]),
    (
        IngressClass(kind="gateway", class_="istio"),
        [{"podSelector": {"matchLabels": {"gateway.networking.k8s.io/gateway-name": "shop"}}}],
    ),
]


@pytest.mark.parametrize(("way", "peers"), WAYS)
def test_proxy_comes_to_services_that_a_route_leads_to(way: IngressClass, peers: list[dict[str, Any]]) -> None:
    ingress = way_in(
        hosts={"web": Host(subdomain="www")}, routes={"/": Route(service="web"), "/a": Route(service="web", port=80)}
    )
    app = application(service(ports={"http": HTTP, "metrics": METRICS}), service("api"), ingress=ingress)
    assert rules(app, "web", "ingress", ingress=way) == [{"from": peers, "ports": TARGET}]
    assert rules(app, "api", "ingress", ingress=way) == []


def test_the_proxy_of_the_applications_own_gateway_is_reached_without_a_mesh_too() -> None:
    way = IngressClass(kind="gateway", class_="istio")
    found = rendered(application(ingress=way_in()), environment(ingress=way))
    policy = named(found, "NetworkPolicy", "shop.gateway")["spec"]
    assert policy["podSelector"] == {"matchLabels": {"gateway.networking.k8s.io/gateway-name": "shop"}}
    assert policy["ingress"] == [{}]
    to_pods, to_istiod = policy["egress"]
    assert to_pods == {"to": [{"podSelector": {}}]}
    assert to_istiod["to"][0]["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "istio-system"}}


HOSTS = {"web": Host(subdomain="www"), "admin": Host(subdomain="admin")}
ROUTES = {
    "/": Route(service="web"),
    "/a": Route(service="web", hosts=["web"]),
    "/a/b": Route(service="web", hosts=["web"]),
}
TLS = WILDCARD

ADDRESSES = [
    ({}, "http://www.dev.test/"),
    ({"tls": TLS}, "https://www.dev.test/"),
    ({"port": 8443, "tls": TLS}, "https://www.dev.test:8443/"),
    ({"port": 8080}, "http://www.dev.test:8080/"),
]


@pytest.mark.parametrize(("changes", "expected"), ADDRESSES)
@pytest.mark.parametrize("kind", ["ingress", "gateway"])
def test_address_is_what_people_type(changes: dict[str, Any], expected: str, kind: str) -> None:
    way = IngressClass(kind=kind, class_="nginx", **changes)
    found = addresses(application(ingress=way_in(hosts=HOSTS, routes=ROUTES)), environment(ingress=way))
    assert list(found) == ["admin", "web"]
    assert found["web"] == expected


def test_no_way_in_without_an_ingress() -> None:
    spec = way_in(hosts=HOSTS, routes=ROUTES)
    for app, place in ((application(), environment()), (application(ingress=spec), environment(ingress=None))):
        assert ingress_objects(app, place) == []
        assert addresses(app, place) == {}


def test_routes_of_a_host_are_its_own_and_the_longest_path_first() -> None:
    app = application(ingress=way_in(hosts=HOSTS, routes=ROUTES))
    (ingress,) = ingress_objects(app, environment())
    paths = {rule["host"]: [path["path"] for path in rule["http"]["paths"]] for rule in ingress["spec"]["rules"]}
    assert paths == {"admin.dev.test": ["/"], "www.dev.test": ["/a/b", "/a", "/"]}
    _, *routes = ingress_objects(app, environment(ingress=IngressClass(kind="gateway", class_="istio")))
    prefixes = [[rule["matches"][0]["path"]["value"] for rule in one["spec"]["rules"]] for one in routes]
    assert prefixes == [["/"], ["/a/b", "/a", "/"]]


def test_host_without_a_route_of_its_own_has_no_rule() -> None:
    app = application(ingress=way_in(hosts=HOSTS, routes={"/a": Route(service="web", hosts=["web"])}))
    (ingress,) = ingress_objects(app, environment())
    assert [rule["host"] for rule in ingress["spec"]["rules"]] == ["www.dev.test"]


def test_tls_is_for_every_host_with_the_platforms_certificate() -> None:
    app = application(ingress=way_in(hosts=HOSTS, routes=ROUTES))
    (ingress,) = ingress_objects(app, environment(ingress=IngressClass(kind="ingress", class_="nginx", tls=TLS)))
    assert ingress["spec"]["tls"] == [{"hosts": ["admin.dev.test", "www.dev.test"], "secretName": "wildcard"}]


SERVICES = [
    ("service", {"http": HTTP}, ["web"]),
    ("worker", {}, []),
    ("worker", {"http": HTTP}, ["web"]),
    ("stateful", {"http": HTTP}, ["web", "web-replicas"]),
    ("stateful", {"metrics": METRICS}, ["web-replicas"]),
]


@pytest.mark.parametrize(("kind", "ports", "expected"), SERVICES)
def test_services_stand_for_what_is_exposed(kind: str, ports: dict[str, Any], expected: list[str]) -> None:
    found = of_kind(rendered(application(service(type=kind, ports=ports))), "Service")
    assert [one["metadata"]["name"] for one in found] == expected


def test_service_leads_to_the_port_in_the_container_by_name_and_hides_the_rest() -> None:
    (found,) = of_kind(rendered(application(service(ports={"http": HTTP, "metrics": METRICS}))), "Service")
    assert found["spec"]["ports"] == [
        {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP", "appProtocol": "http"}
    ]
