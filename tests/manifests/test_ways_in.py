"""Every way in sends a request to the same service: matchers read the objects as each API says, and must agree."""

import re
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.manifests.ingress.http_route import duration
from components.manifests.ingress.intent import sites
from components.manifests.ingress.way import ingress_objects
from components.manifests.objects import Manifest
from schemas.model import Ingress, IngressClass, Match, Rewrite, Route
from tests.manifests.models import HTTP, application, environment, port, service, way_in

SERVICES = ("a", "b", "c")
GATEWAY = IngressClass(kind="gateway", class_="eg")
ISTIO = IngressClass(kind="istio", selector={"istio": "ingressgateway"})
INGRESS = IngressClass(kind="ingress", class_="traefik")


class Request(NamedTuple):
    """What a caller sends."""

    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()


class Outcome(NamedTuple):
    """Which service gets the request, and under which path."""

    service: str
    path: str


def through_gateway(objects: list[Manifest], request: Request) -> Outcome | None:
    """Return what the Gateway API says: the best match of all rules, whatever their order.

    Source: https://gateway-api.sigs.k8s.io/reference/api-spec/main/spec/#httprouterule
    """
    best: tuple[tuple[bool, int, bool, int], Outcome] | None = None
    for route in objects:
        for rule in route["spec"]["rules"] if route["kind"] == "HTTPRoute" else ():
            for match in rule["matches"]:
                form, value = match["path"]["type"], match["path"]["value"]
                rest = under(value, request.path) if form == "PathPrefix" else ("" if value == request.path else None)
                headers = {one["name"].lower(): one["value"] for one in match.get("headers", ())}
                if rest is None or match.get("method", request.method) != request.method or not has(request, headers):
                    continue
                rank = (form == "Exact", len(value.rstrip("/")), "method" in match, len(headers))
                if best is None or rank > best[0]:
                    best = (rank, Outcome(rule["backendRefs"][0]["name"], rewritten(rule, request.path, rest)))
    return best[1] if best else None


def rewritten(rule: dict[str, Any], path: str, rest: str) -> str:
    for one in rule.get("filters", ()):
        new = one["urlRewrite"]["path"]
        if new["type"] == "ReplaceFullPath":
            return str(new["replaceFullPath"])
        return f"{new['replacePrefixMatch'].rstrip('/')}{rest}" or "/"
    return path


def under(prefix: str, path: str) -> str | None:
    """Return what follows a prefix of whole segments, or nothing when the path is not under it."""
    stem = prefix.rstrip("/")
    return path[len(stem) :] if path == stem or path.startswith(f"{stem}/") else None


def has(request: Request, headers: dict[str, str]) -> bool:
    return headers.items() <= {name.lower(): value for name, value in request.headers}.items()


def through_istio(objects: list[Manifest], request: Request) -> Outcome | None:
    """Return what Istio does: the first route of which a match fits, a prefix being one of characters.

    Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest
    """
    for route in (route for one in objects if one["kind"] == "VirtualService" for route in one["spec"]["http"]):
        for match in route["match"]:
            exact, prefix = match["uri"].get("exact"), match["uri"].get("prefix")
            method = match.get("method", {"exact": request.method})
            fits = request.path == exact if prefix is None else request.path.startswith(prefix)
            headers = {name: value["exact"] for name, value in match.get("headers", {}).items()}
            named = re.fullmatch(method.get("regex") or re.escape(method["exact"]), request.method)
            if not fits or named is None or not has(request, headers):
                continue
            new = route.get("rewrite", {}).get("uri")
            path = request.path if new is None else f"{new}{request.path[len(exact or prefix) :]}"
            return Outcome(route["route"][0]["destination"]["host"].partition(".")[0], path)
    return None


def through_ingress(objects: list[Manifest], request: Request) -> Outcome | None:
    """Return what Kubernetes says of an Ingress: a whole path first, then the longest prefix.

    Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#multiple-matches
    """
    (ingress,) = objects
    best: tuple[tuple[bool, int], str] | None = None
    for one in (path for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]):
        exact = one["pathType"] == "Exact"
        if request.path == one["path"] if exact else under(one["path"], request.path) is not None:
            rank = (exact, len(one["path"].rstrip("/")))
            if best is None or rank > best[0]:
                best = (rank, one["backend"]["service"]["name"])
    return Outcome(best[1], request.path) if best else None


PATHS = st.sampled_from(["/", "/a", "/ab", "/a/b", "/a/b/ab"])
ASKED = st.sampled_from(["/", "/a", "/a/", "/ab", "/abc", "/a/b", "/a/b/", "/a/b/ab", "/b", "//"])
METHODS = st.lists(st.sampled_from(["GET", "POST", "PUT"]), unique=True, min_size=1, max_size=2)
HEADERS = st.dictionaries(st.sampled_from(["X-One", "x-two"]), st.just("1"), max_size=2)
REQUESTS = st.lists(
    st.builds(
        Request,
        path=ASKED,
        method=st.sampled_from(["GET", "POST", "PUT"]),
        headers=HEADERS.map(lambda one: tuple(sorted(one.items()))),
    ),
    min_size=4,
    max_size=8,
)


def told_apart(routes: list[Route]) -> dict[str, Route]:
    """Return the routes by names, without those for the same requests as another, which a rule refuses."""
    seen: dict[object, Route] = {}
    for route in routes:
        match = route.match or Match()
        path = (match.path, "") if match.path else ("", (match.path_prefix or "").rstrip("/"))
        # Methods that overlap in part are told apart by the order of names alone, which no API knows.
        seen.setdefault((path, bool(match.methods), len(match.headers)), route)
    return {f"r{number}": route for number, route in enumerate(seen.values())}


@st.composite
def matched(draw: st.DrawFn, *, plain: bool) -> Match:
    path = draw(PATHS)
    more: dict[str, Any] = {} if plain else {"methods": draw(st.none() | st.none() | METHODS), "headers": draw(HEADERS)}
    return Match(**{"path" if draw(st.booleans()) else "path_prefix": path}, **more)


def ways(*, plain: bool) -> st.SearchStrategy[Ingress]:
    rewrites = st.none() if plain else st.none() | PATHS.map(lambda path: Rewrite(path=path))
    route = st.builds(Route, match=matched(plain=plain), service=st.sampled_from(SERVICES), rewrite=rewrites)
    return st.lists(route, min_size=3, max_size=8).map(lambda found: way_in(routes=told_apart(found)))


def objects(spec: Ingress, way: IngressClass, **ports: Any) -> list[Manifest]:
    app = application(*(service(name, ports=ports or {"http": HTTP}) for name in SERVICES), ingress=spec)
    return ingress_objects(app, environment(ingress=way))


@given(spec=ways(plain=False), requests=REQUESTS)
def test_a_gateway_and_istio_send_a_request_to_the_same_place(spec: Ingress, requests: list[Request]) -> None:
    one, other = objects(spec, GATEWAY), objects(spec, ISTIO)
    for request in requests:
        assert through_gateway(one, request) == through_istio(other, request)


@given(spec=ways(plain=True), requests=REQUESTS)
def test_an_ingress_sends_a_request_to_the_same_place_as_a_gateway(spec: Ingress, requests: list[Request]) -> None:
    one, other = objects(spec, GATEWAY), objects(spec, INGRESS)
    for request in requests:
        assert through_gateway(one, request) == through_ingress(other, request)


GRPC = {"grpc": port(9000, app_protocol="grpc")}
KINDS = [
    ({"match": Match(path_prefix="/")}, "GRPCRoute", []),
    ({"match": Match(path_prefix="/shop.v1.Cart")}, "GRPCRoute", [{"service": "shop.v1.Cart"}]),
    ({"match": Match(path_prefix="/shop.Cart/")}, "GRPCRoute", [{"service": "shop.Cart"}]),
    ({"match": Match(path="/shop.Cart/Add")}, "GRPCRoute", [{"service": "shop.Cart", "method": "Add"}]),
    ({"match": Match(path="/shop.Cart")}, "HTTPRoute", []),
    ({"match": Match(path_prefix="/shop-1")}, "HTTPRoute", []),
    ({"match": Match(path_prefix="/shop.Cart/Add/x")}, "HTTPRoute", []),
    ({"match": Match(path_prefix="/", methods=["POST"])}, "HTTPRoute", []),
    ({"match": Match(path_prefix="/"), "timeout": "3s"}, "HTTPRoute", []),
    ({"match": Match(path_prefix="/"), "rewrite": Rewrite(path="/a")}, "HTTPRoute", []),
]


@pytest.mark.parametrize(("asked", "kind", "methods"), KINDS)
def test_a_host_of_grpc_alone_has_a_grpc_route(asked: dict[str, Any], kind: str, methods: list[dict[str, str]]) -> None:
    spec = way_in(routes={"r": Route(service="a", **asked)})
    (route,) = [one for one in objects(spec, GATEWAY, **GRPC) if one["kind"].endswith("Route")]
    assert route["kind"] == kind
    called = [match["method"] for rule in route["spec"]["rules"] for match in rule.get("matches", ()) if kind[0] == "G"]
    assert called == [{"type": "Exact", **one} for one in methods]


def test_one_route_that_is_not_grpc_makes_all_of_a_host_http_routes() -> None:
    app = application(
        service("a", ports=GRPC),
        service("b", ports={"http": HTTP}),
        ingress=way_in(routes={"/shop.Cart": Route(service="a"), "/": Route(service="b")}),
    )
    found = [one["kind"] for one in ingress_objects(app, environment(ingress=GATEWAY))]
    assert found == ["Gateway", "HTTPRoute"]


@pytest.mark.parametrize("number", [1, 16, 17, 33])
def test_no_route_of_the_gateway_api_has_more_rules_than_it_may(number: int) -> None:
    spec = way_in(routes={f"/{index}": Route(service="a") for index in range(number)})
    routes = [one for one in objects(spec, GATEWAY) if one["kind"] == "HTTPRoute"]
    sizes = [len(one["spec"]["rules"]) for one in routes]
    assert sum(sizes) == number
    assert max(sizes) <= 16
    assert len({one["metadata"]["name"] for one in routes}) == len(routes) == -(-number // 16)


DURATIONS = [("10s", "10s"), ("99999ms", "99999ms"), ("100000ms", "1m40s"), ("90061001ms", "25h1m1s1ms")]


@pytest.mark.parametrize(("said", "expected"), DURATIONS)
def test_a_duration_has_at_most_five_digits_in_the_gateway_api(said: str, expected: str) -> None:
    assert duration(said) == expected


def test_more_conditions_come_before_fewer_and_methods_before_headers() -> None:
    both = {"X-One": "1", "X-Two": "2"}
    asked = {
        "d": Match(path="/a"),
        "a": Match(path_prefix="/a/b"),
        "b": Match(path_prefix="/a", methods=["GET"], headers={"X-One": "1"}),
        "z": Match(path_prefix="/a", methods=["GET"]),
        "c": Match(path_prefix="/a", headers=both),
        "e": Match(path_prefix="/a", headers={"X-One": "1"}),
        "g": Match(path_prefix="/a"),
    }
    routes = {key: Route(match=match, service="a") for key, match in reversed(asked.items())}
    (site,) = sites(application(service("a"), ingress=way_in(routes=routes)), environment())
    assert [rule.route.match for rule in site.rules] == list(asked.values())
