"""Pods with injected sidecars: who may call whom, in HTTP and gRPC, from within and from outside."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.layout import layout
from sandbox.ports import MESH_INGRESS
from tests.mesh.backends import Answer, Backends, Caller, shares, statuses
from tests.mesh.chance import UNLIKELY, binomial
from tests.mesh.cluster import fresh_name, kubectl
from tests.mesh.forms import forms
from tests.mesh.pods import Pods, deployed, grpc_server, image, outsider, server, waiting
from tests.mesh.spec import SHARED_GATEWAY, rendered
from tests.mesh.tokens import Issuer


@dataclass(frozen=True, slots=True)
class City:
    """The pods that all of these tests call, and who issues their tokens."""

    pods: Pods
    issuer: Issuer
    outsider: Pods
    gateway: str
    """The address of its way in."""


@pytest.fixture(scope="module")
def city(programs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:  # noqa: ARG001 - they bring the mesh up
    """Servers of HTTP and gRPC, one that wants tokens, a caller of them, a stranger, and one outside of the mesh."""
    of = image(layout())
    tokens = {"provider": "login", "audiences": ["city"], "scopes": {"/api/admin/*": ["admin"]}}
    called = {"web": {"methods": ["GET"]}, "echo": {}, "api": {}}
    spec = {
        "services": {
            "web": server(of, replicas=2),
            "parts": server(of, versions={"new": {"replicas": 1}}, traffic={"split": {"main": 70, "new": 30}}),
            "api": server(of, authentication={"jwt": tokens}),
            "echo": grpc_server(of, replicas=2),
            "caller": waiting(of, connections=called),
            "stranger": waiting(of),
        },
        "ingress": {
            "hosts": {"www": {"subdomain": "www"}},
            "routes": {"/": {"service": "web"}, "/parts": {"service": "parts"}, "/api": {"service": "api"}},
        },
    }
    name, issuer = fresh_name("test_city"), Issuer("https://issuer.test")
    providers = {"login": {"issuer": issuer.name, "jwks": issuer.jwks()}}
    objects = rendered(tmp_path_factory.mktemp("spec") / name, name, spec, identityProviders=providers)
    with deployed(objects) as pods, outsider(of) as outside:
        address = kubectl("get", "service", f"{name}-istio", "-n", pods.namespace, "-o=jsonpath={.spec.clusterIP}")
        kubectl("rollout", "status", f"deployment/{name}-istio", "-n", pods.namespace, "--timeout=120s")
        yield City(pods, issuer, outside, address)


@pytest.mark.sandbox
def test_sidecars_are_injected_without_rights_to_change_the_network(city: City) -> None:
    for pod in city.pods.of("web"):
        proxies = [one for one in pod["spec"]["initContainers"] if one["name"] == "istio-proxy"]
        assert [one["restartPolicy"] for one in proxies] == ["Always"]
        every = [*pod["spec"]["containers"], *pod["spec"]["initContainers"]]
        assert all(one["securityContext"]["capabilities"] == {"drop": ["ALL"]} for one in every)


@pytest.mark.sandbox
def test_a_caller_with_permission_is_answered_by_every_pod(city: City) -> None:
    answers = city.pods.call("caller", "web", count=40)
    assert {status for status, _ in answers} == {200}
    assert {text for _, text in answers} == city.pods.names("web")


@pytest.mark.sandbox
def test_a_caller_without_permission_gets_403(city: City) -> None:
    assert city.pods.call("stranger", "web") == [(403, "RBAC: access denied")]
    assert city.pods.call("caller", "web", method="POST") == [(403, "RBAC: access denied")]


@pytest.mark.sandbox
def test_plain_text_to_a_strict_service_is_refused(city: City) -> None:
    assert city.outsider.call("outsider", f"web.{city.pods.namespace}") == [(0, "ConnectionResetError")]
    with pytest.raises(ConnectionResetError):
        fetched(city.pods.addresses("web")[0], 8080, "/")


def tokens_and_answers(issuer: Issuer) -> dict[tuple[str, str | None], int]:
    """Return the status that each token gets, by path."""
    right = {"aud": "city", "scope": "read"}
    return {
        ("/api", issuer.token(right)): 200,
        ("/api", issuer.token(right, -120)): 401,
        ("/api", Issuer(issuer.name).token(right)): 401,
        ("/api", Issuer("https://other.test").token(right)): 401,
        ("/api", issuer.token({"aud": "another"})): 403,
        ("/api", None): 403,
        ("/api/admin/x", issuer.token(right)): 403,
        ("/api/admin/x", issuer.token({"aud": "city", "scope": "read admin"})): 200,
    }


def bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"authorization": f"Bearer {token}"}


@pytest.mark.sandbox
def test_only_a_right_token_is_let_in(city: City) -> None:
    expected = tokens_and_answers(city.issuer)
    found = {
        (path, token): city.pods.call("caller", "api", path, headers=bearer(token))[0][0] for path, token in expected
    }
    assert list(found.values()) == list(expected.values())


@forms("calls", 200, 3000)
def test_grpc_is_carried_and_balanced_call_by_call(city: City, calls: int) -> None:
    """One connection of the client's is spread over the pods, which Kubernetes alone would not do."""
    target = (f"--server_host=echo.{city.pods.namespace}.svc.cluster.local", "--server_port=80", "--use_tls=false")
    for case in ("large_unary", "server_streaming", "ping_pong", "status_code_and_message"):
        city.pods.exec("caller", "grpc-client", *target, f"--test_case={case}")
    soak = (
        "--test_case=rpc_soak",
        f"--soak_iterations={calls}",
        "--soak_overall_timeout_seconds=120",
        "--soak_request_size=1",
        "--soak_response_size=1",
    )
    city.pods.exec("caller", "grpc-client", *target, *soak)
    counted = [grpc_requests(address) for address in city.pods.addresses("echo")]
    # Calls one after the other find both pods idle: a coin is thrown. Under 60 of 200 has a probability of 1e-8.
    assert min(counted) >= 0.3 * calls
    with pytest.raises(AssertionError, match=r"PermissionDenied.*RBAC: access denied"):
        city.pods.exec("stranger", "grpc-client", *target, "--test_case=large_unary")


@forms("count", 1000, 20_000)
def test_requests_come_in_through_the_gateway_and_are_shared_out_there(city: City, count: int) -> None:
    with Backends() as loop:

        def come_in(path: str, count: int, host: str = "www.dev.localhost") -> list[Answer]:
            return Caller(loop, f"{city.gateway}:80", host).call(count, path=path, connections=4)

        web = come_in("/", 60)
        assert statuses(web) == {200: 60}
        assert set(shares(web)) == city.pods.names("web")
        assert statuses(come_in("/", 3, "other.test")) == {404: 3}
        parts = come_in("/parts", count)
        caller, expected = Caller(loop, f"{city.gateway}:80", "www.dev.localhost"), tokens_and_answers(city.issuer)
        for (path, token), status in expected.items():
            assert statuses(caller.call(1, path=path, headers=bearer(token))) == {status: 1}
    assert statuses(parts) == {200: count}
    new = sum(calls for name, calls in shares(parts).items() if name.startswith("parts-new-"))
    assert binomial(new, count, 0.3) > UNLIKELY


@pytest.mark.sandbox
def test_what_sidecars_are_told_is_what_the_spec_allows(city: City) -> None:
    """The same over xDS: who is let in, with which method, and that nobody is without a certificate."""
    chains = inbound(city.pods.proxy_config("web"), 8080)
    assert [chain["transport_socket"]["typed_config"]["require_client_certificate"] for chain in chains] == [True]
    rbac = [filter_of(chain, "envoy.filters.http.rbac") for chain in chains]
    told = json.dumps(rbac)
    assert f"spiffe://cluster.local/ns/{city.pods.namespace}/sa/caller" in told
    assert "stranger" not in told
    assert '"GET"' in told
    [api] = inbound(city.pods.proxy_config("api"), 8080)
    issuers = [one["issuer"] for one in filter_of(api, "envoy.filters.http.jwt_authn")["providers"].values()]
    assert issuers == [city.issuer.name]
    name = f"outbound|80||web.{city.pods.namespace}.svc.cluster.local"
    clusters = city.pods.proxy_config("caller")["clusters"]["dynamic_active_clusters"]
    [web] = [one["cluster"] for one in clusters if one["cluster"]["name"] == name]
    matches = {one["name"]: one["transport_socket"]["name"] for one in web["transport_socket_matches"]}
    assert matches["tlsMode-istio"] == "envoy.transport_sockets.tls"


def inbound(config: dict[str, Any], port: int) -> list[dict[str, Any]]:
    """Return the filter chains by which a sidecar takes what is for a port."""
    [listener] = [one for one in config["listeners"]["dynamic_listeners"] if one["name"] == "virtualInbound"]
    return [
        chain
        for chain in listener["active_state"]["listener"]["filter_chains"]
        if chain.get("filter_chain_match", {}).get("destination_port") == port
    ]


def filter_of(chain: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the settings of an HTTP filter of a chain."""
    manager = chain["filters"][-1]["typed_config"]
    found: dict[str, Any] = next(one["typed_config"] for one in manager["http_filters"] if one["name"] == name)
    return found


@pytest.mark.sandbox
def test_the_shared_gateway_leads_in_on_loopback(programs: dict[str, Path], tmp_path: Path) -> None:  # noqa: ARG001 - they bring the mesh up
    of, name = image(layout()), fresh_name("test_shared")
    routes = {"hosts": {"www": {"subdomain": name}}, "routes": {"/": {"service": "web"}}}
    spec = {"services": {"web": server(of)}, "ingress": routes}
    with deployed(rendered(tmp_path / name, name, spec, ingress=SHARED_GATEWAY)) as pods, Backends() as loop:
        caller = Caller(loop, MESH_INGRESS.address, f"{name}.dev.localhost")
        deadline = time.monotonic() + 20
        while statuses(caller.call(1)) != {200: 1}:
            assert time.monotonic() < deadline, "the gateway does not know the host"
            time.sleep(0.2)
        answers = caller.call(50)
        assert statuses(answers) == {200: 50}
        assert set(shares(answers)) == pods.names("web")


def fetched(address: str, port: int, path: str) -> str:
    """Return what a pod answers to this machine."""
    with closing(http.client.HTTPConnection(address, port, timeout=5)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read().decode()


def grpc_requests(address: str) -> int:
    """Return the requests of gRPC that a sidecar let through, by its own count."""
    lines = fetched(address, 15090, "/stats/prometheus?filter=istio.*requests_total").splitlines()
    wanted = [line for line in lines if 'reporter="destination"' in line and 'request_protocol="grpc"' in line]
    return sum(int(line.rpartition(" ")[2]) for line in wanted)
