"""Routes that make sense, and what each way in can say of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from cli.verbs.render import objects
from schemas.platform.ways_in import WORDS
from schemas.resolve import check
from tests.conftest import Files

HOSTS = {"h": {"subdomain": "h"}}
WEB = {"image": "example.test/web:1", "port": 8080}
WAYS: dict[str, dict[str, Any]] = {
    "ingress": {"class": "traefik"},
    "gateway": {"kind": "gateway", "class": "eg"},
    "envoy-gateway": {"kind": "gateway", "class": "eg", "controller": "envoy-gateway"},
    "istio": {"kind": "istio", "selector": {"istio": "ingressgateway"}},
}


def routed(*given: dict[str, Any], **named: Any) -> dict[str, Any]:
    """Return a way in with two hosts; its routes stand under paths, or under names."""
    hosts = {**HOSTS, "i": {"subdomain": "i"}}
    return {"ingress": {"hosts": hosts, "routes": {**(given[0] if given else {}), **named}}}


def matched(prefix: str, **conditions: Any) -> dict[str, Any]:
    return {"match": {"pathPrefix": prefix, **conditions}, "service": "web"}


def changed(**asked: Any) -> dict[str, Any]:
    return routed({"/": {"service": "web", **asked}})


def routes(*paths: str) -> dict[str, Any]:
    return routed({path: {"service": "web"} for path in paths})


RULES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    # Where the problem stands, then a way in that has it and one that does not.
    ("a name and no path", "SW5611 ingress.routes.a", routed(a={"service": "web"}), routed(a={"match": {"pathPrefix": "/a"}, "service": "web"})),
    ("a path and another", "SW5611 ingress.routes./a.match.pathPrefix", routed({"/a": {"match": {"pathPrefix": "/b"}, "service": "web"}}), routed({"/a": {"match": {"methods": ["GET"]}, "service": "web"}})),
    ("one condition twice", "SW4807 ingress.routes.b", routed(a=matched("/a", methods=["GET", "PUT"]), b=matched("/a/", methods=["PUT", "GET"])), routed(a=matched("/a", methods=["GET"]), b=matched("/a", methods=["PUT"]))),
    ("one header twice", "SW4807 ingress.routes.b", routed(a=matched("/a", headers={"X-A": "b"}), b=matched("/a", headers={"x-a": "b"})), routed(a=matched("/a", headers={"X-A": "b"}), b=matched("/a", headers={"X-A": "B"}))),
    ("a whole path and a prefix", "", {}, routed({"/a": {"service": "web"}}, a={"match": {"path": "/a"}, "service": "web"})),
    ("one prefix by its key and by name", "SW4807 ingress.routes.a", routed({"/a": {"service": "web"}}, a=matched("/a")), routed({"/a": {"service": "web"}}, a=matched("/b"))),
    ("a star in a match", "SW4808 ingress.routes.a.match.path", routed(a={"match": {"path": "/a/*"}, "service": "web"}), routed(a={"match": {"path": "/a/b"}, "service": "web"})),
    ("a path in braces", "SW4808 ingress.routes./{id}", routes("/{id}"), routes("/%7Bid%7D")),
    ("a redirect with a time", "SW5612 ingress.routes./.timeout", routed({"/": {"redirect": {"host": "i"}, "hosts": ["h"], "timeout": "1s"}, "/a": {"service": "web"}}), routed({"/": {"service": "web", "hosts": ["h"], "timeout": "1s"}, "/a": {"service": "web"}})),
    ("a redirect to a host that is not", "SW4803 ingress.routes./.redirect.host", routed({"/": {"redirect": {"host": "j"}, "hosts": ["h"]}}, i=matched("/i")), routed({"/": {"redirect": {"host": "i"}, "hosts": ["h"]}}, i=matched("/i"))),
    ("a redirect under itself", "SW5613 ingress.routes./a.redirect", routed({"/a": {"redirect": {"path": "/a/b"}}}), routed({"/a": {"redirect": {"path": "/a/b"}}, "/a/b": {"service": "web"}})),
    ("a redirect to its own host", "SW5613 ingress.routes./.redirect", routed({"/": {"redirect": {"host": "h"}}}), routed({"/": {"redirect": {"host": "h"}, "hosts": ["i"]}, "/b": {"service": "web"}})),
    ("a redirect of one path to what is under it", "", {}, routed({"/b": {"service": "web"}}, a={"match": {"path": "/a"}, "redirect": {"path": "/a/b"}})),
    ("a header twice", "SW5614 ingress.routes./.responseHeaders.add.x-a", changed(responseHeaders={"set": {"X-A": "b"}, "add": {"x-a": "c"}}), changed(responseHeaders={"set": {"X-A": "b"}, "add": {"x-b": "c"}})),
    ("a header to match twice", "SW5614 ingress.routes.a.match.headers.x-a", routed(a=matched("/", headers={"X-A": "b", "x-a": "c"})), routed(a=matched("/", headers={"X-A": "b", "x-b": "c"}))),
    ("a header of the connection", "SW5614 ingress.routes./.requestHeaders.remove.0", changed(requestHeaders={"remove": ["Connection"]}), changed(requestHeaders={"remove": ["Authorization"]})),
    ("any page with a person's cookies", "SW5615 ingress.routes./.cors.origins", changed(cors={"origins": ["*"], "credentials": True}), changed(cors={"origins": ["https://*.a.test"], "credentials": True})),
    ("any page and one", "SW5615 ingress.routes./.cors.origins", changed(cors={"origins": ["*", "https://a.test"]}), changed(cors={"origins": ["*"]})),
    ("pages that ask and are not heard", "SW5616 ingress.routes./.match.methods", changed(match={"methods": ["PUT"]}, cors={"origins": ["*"]}), changed(match={"methods": ["PUT", "OPTIONS"]}, cors={"origins": ["*"]})),
]  # fmt: skip


def told(files: Files, spec: dict[str, Any], way: dict[str, Any]) -> list[str]:
    files.services, files.spec = {"web": WEB}, spec
    files.platform["environments"]["dev"] |= {"ingress": way, "versions": {"istio": "1.31"}}
    return files.problems()


@pytest.mark.parametrize("way", ["gateway", "istio"])
@pytest.mark.parametrize(("where", "wrong", "right"), [case[1:] for case in RULES], ids=[case[0] for case in RULES])
def test_a_rule_of_routes(files: Files, where: str, wrong: dict[str, Any], right: dict[str, Any], way: str) -> None:
    code, _, path = where.partition(" ")
    assert told(files, wrong, WAYS[way]) == ([f"{code} spec.{path}"] if where else [])
    assert told(files, right, WAYS[way]) == []


ASKED: dict[str, tuple[Any, str]] = {
    # What a route asks for, and where that is told.
    "match.path": ({"match": {"path": "/a"}}, "match.path"),
    "match.methods": ({"match": {"methods": ["GET"]}}, "match.methods"),
    "match.headers": ({"match": {"headers": {"X-A": "b"}}}, "match.headers"),
    "redirect": ({"service": None, "redirect": {"path": "/b"}}, "redirect"),
    "rewrite": ({"rewrite": {"path": "/b"}}, "rewrite"),
    "timeout": ({"timeout": "3s"}, "timeout"),
    "requestHeaders": ({"requestHeaders": {"set": {"X-A": "b"}}}, "requestHeaders"),
    "responseHeaders": ({"responseHeaders": {"remove": ["Server"]}}, "responseHeaders"),
    "cors": ({"cors": {"origins": ["*"]}}, "cors"),
    "rateLimit": ({"rateLimit": {"requests": 9, "per": "second"}}, "rateLimit"),
    "maxRequestSize": ({"maxRequestSize": "1Mi"}, "maxRequestSize"),
}


def test_every_word_of_the_table_is_tried() -> None:
    assert {".".join(map(str, word.path)) for word in WORDS} == set(ASKED)


def asking(changes: dict[str, Any]) -> dict[str, Any]:
    match = changes.get("match", {})
    path = {} if "path" in match else {"pathPrefix": "/a"}
    route = {"service": "web", **changes, "match": {**path, **match}}
    return routed({"/": {"service": "web"}}, a={key: value for key, value in route.items() if value is not None})


def cells() -> Iterator[Any]:
    for word in WORDS:
        name = ".".join(map(str, word.path))
        for way in WAYS:
            yield pytest.param(name, way, way in word.said_by, word.takes_route, id=f"{name}-{way}")


@pytest.mark.parametrize(("name", "way", "has", "takes_route"), list(cells()))
def test_a_way_in_has_a_word_or_says_that_it_has_none(
    files: Files, name: str, way: str, has: bool, takes_route: bool
) -> None:
    changes, at = ASKED[name]
    assert told(files, asking(changes), WAYS[way]) == ([] if has else [f"SW5601 spec.ingress.routes.a.{at}"])
    files.platform["environments"]["dev"]["whenMissing"] = "omit"
    omitted = files.resolve()
    assert [(one.code, one.severity) for one in omitted.warnings] == ([] if has else [("SW5601", "warning")])
    found = objects(omitted)
    assert told(files, routes("/") if takes_route else asking({}), WAYS[way]) == []
    assert (objects(files.resolve()) == found) is not has


HTTPS = {"image": "example.test/web:1", "ports": {"https": {"port": 443, "appProtocol": "https"}}}


@pytest.mark.parametrize(("way", "expected"), [("ingress", []), ("gateway", ["SW5602"]), ("istio", ["SW5602"])])
def test_a_gateway_speaks_plain_http_to_services(files: Files, way: str, expected: list[str]) -> None:
    files.services, files.spec = {"web": HTTPS}, routes("/")
    files.platform["environments"]["dev"]["ingress"] = WAYS[way]
    problems = [problem.code for problem in check(files.project())]
    assert problems == expected


REDIRECTS = [
    ("istio", "1.30", {"path": "/b"}, {}, ["SW5604 spec.ingress.routes.a.redirect.path"]),
    ("istio", "1.31", {"path": "/b"}, {}, []),
    ("istio", "1.30", {"path": "/b"}, {"match": {"path": "/a"}}, []),
    ("istio", "1.30", {"code": 301, "host": "i"}, {"hosts": ["h"]}, []),
    ("gateway", "1.30", {"path": "/b"}, {}, []),
]


@pytest.mark.parametrize(("way", "version", "redirect", "more", "expected"), REDIRECTS)
def test_a_prefix_is_redirected_by_an_istio_that_can(
    files: Files, way: str, version: str, redirect: dict[str, Any], more: dict[str, Any], expected: list[str]
) -> None:
    spec = asking({"service": None, "redirect": redirect, **more})
    told(files, spec, WAYS[way])
    files.platform["environments"]["dev"]["versions"] = {"istio": version}
    assert files.problems() == expected


TRIES = [("4s", []), ("3s", ["SW5617 spec.ingress.routes./.timeout"])]


@pytest.mark.parametrize(("timeout", "expected"), TRIES)
def test_a_route_waits_for_the_services_retries(files: Files, timeout: str, expected: list[str]) -> None:
    retries = {"attempts": 2, "perTryTimeout": "2s"}
    files.services = {"web": {**WEB, "traffic": {"retries": retries}}}
    files.spec = changed(timeout=timeout)
    files.platform["environments"]["dev"] |= {"ingress": WAYS["istio"], "mesh": {"kind": "istio-sidecar"}}
    assert files.problems() == expected


@pytest.mark.parametrize(
    ("way", "mesh", "expected"),
    [
        ("istio", {"kind": "istio-sidecar"}, ["SW5624 spec.ingress.hosts.h"]),
        ("gateway", {"kind": "gateway-api"}, ["SW5624 spec.ingress.hosts.h"]),
        ("istio", None, []),
        ("ingress", {"kind": "istio-sidecar"}, []),
    ],
)
def test_a_host_and_a_service_have_routes_of_two_names(files: Files, way: str, mesh: Any, expected: list[str]) -> None:
    files.services = {"shop-h": WEB}
    files.spec = {"ingress": {"hosts": HOSTS, "routes": {"/": {"service": "shop-h"}}}}
    files.platform["environments"]["dev"] |= {"ingress": WAYS[way], "mesh": mesh}
    assert files.problems() == expected


STREAMS = [("grpc", ["SW5618"]), ("kubernetes.io/ws", ["SW5618"]), ("http", []), (None, [])]


@pytest.mark.parametrize(("spoken", "expected"), STREAMS)
def test_no_limit_of_size_waits_for_the_end_of_a_stream(files: Files, spoken: str | None, expected: list[str]) -> None:
    port = {"port": 9000} if spoken is None else {"port": 9000, "appProtocol": spoken}
    files.services = {"web": {"image": "example.test/web:1", "ports": {"api": port}}}
    files.spec = changed(maxRequestSize="1Mi")
    files.platform["environments"]["dev"]["ingress"] = WAYS["envoy-gateway"]
    assert [problem.code for problem in check(files.project())] == expected


TLS = [
    ("required", None, ["SW5603 spec.ingress.tls"]),
    ("required", {"secret": "wildcard"}, []),
    ("optional", None, []),
]


@pytest.mark.parametrize(("wanted", "given", "expected"), TLS)
def test_tls_may_be_required(files: Files, wanted: str, given: Any, expected: list[str]) -> None:
    spec = routes("/")
    spec["ingress"]["tls"] = wanted
    assert told(files, spec, {"class": "traefik", "tls": given}) == expected


CONTRADICTIONS = [
    ({"kind": "istio", "class": "istio"}, {}, ["SW5621 ingress.class"]),
    ({"kind": "gateway", "selector": {"istio": "a"}}, {}, ["SW5621 ingress.selector"]),
    ({**WAYS["istio"], "controller": "envoy-gateway"}, {}, ["SW5621 ingress.controller"]),
    ({**WAYS["istio"], "tls": {"issuer": "a"}}, {"cert-manager": True}, ["SW5622 ingress.tls.issuer"]),
    ({**WAYS["gateway"], "tls": {"issuer": "a"}}, {}, ["SW5623 ingress.tls.issuer"]),
    ({**WAYS["gateway"], "tls": {"issuer": "a"}}, {"cert-manager": True}, []),
]


@pytest.mark.parametrize(("way", "installed", "expected"), CONTRADICTIONS)
def test_a_platform_that_contradicts_itself_is_told_at_its_own_line(
    files: Files, way: dict[str, Any], installed: dict[str, Any], expected: list[str]
) -> None:
    files.platform["environments"]["dev"]["installed"] = installed
    found = told(files, routes("/"), way)
    assert found == [one.replace(" ", " spec.environments.dev.") for one in expected]
