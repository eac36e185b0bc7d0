"""Pods with injected sidecars: who may call whom, in HTTP and gRPC, from within and from outside."""

import http.client
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.layout import layout
from tests.mesh.cluster import apply
from tests.mesh.pods import Pods, town
from tests.mesh.tokens import Issuer

pytestmark = pytest.mark.sandbox


@dataclass(frozen=True, slots=True)
class City:
    """The pods that all of these tests call, and who issues their tokens."""

    pods: Pods
    issuer: Issuer


def principal(pods: Pods, account: str) -> str:
    return f"cluster.local/ns/{pods.namespace}/sa/{account}"


def policy(pods: Pods, name: str, spec: dict[str, object], kind: str = "AuthorizationPolicy") -> dict[str, object]:
    head = {"name": name, "namespace": pods.namespace}
    return {"apiVersion": "security.istio.io/v1", "kind": kind, "metadata": head, "spec": spec}


@pytest.fixture(scope="module")
def city(programs: dict[str, Path]) -> Iterator[City]:  # noqa: ARG001 - they bring the mesh up
    """A server of HTTP, one of gRPC, one that wants tokens; a caller, a stranger, and one without a sidecar."""
    issuer = Issuer("https://issuer.test")
    with town("mesh-pods", layout()) as pods:
        pods.serve("web", replicas=2)
        pods.serve("api")
        pods.serve("echo", port="grpc", replicas=2)
        for name in ("caller", "stranger"):
            pods.wait(name)
        pods.wait("outsider", {"sidecar.istio.io/inject": "false"})
        selector = {name: {"matchLabels": {"app": name}} for name in ("web", "api", "echo")}
        caller = [{"source": {"principals": [principal(pods, "caller")]}}]
        rules = [{"issuer": issuer.name, "jwks": issuer.jwks()}]
        tokens = [{"key": "request.auth.claims[iss]", "values": [issuer.name]}]
        get = [{"operation": {"methods": ["GET"]}}]
        apply(
            policy(pods, "default", {"mtls": {"mode": "STRICT"}}, "PeerAuthentication"),
            policy(pods, "nobody", {}),
            policy(pods, "web", {"selector": selector["web"], "rules": [{"from": caller, "to": get}]}),
            policy(pods, "echo", {"selector": selector["echo"], "rules": [{"from": caller}]}),
            policy(pods, "api", {"selector": selector["api"], "jwtRules": rules}, "RequestAuthentication"),
            policy(pods, "api", {"selector": selector["api"], "rules": [{"from": caller, "when": tokens}]}),
        )
        pods.ready("web", "api", "echo", "caller", "stranger", "outsider")
        yield City(pods, issuer)


def test_sidecars_are_injected_without_rights_to_change_the_network(city: City) -> None:
    for pod in city.pods.pods("web"):
        proxies = [one for one in pod["spec"]["initContainers"] if one["name"] == "istio-proxy"]
        assert [one["restartPolicy"] for one in proxies] == ["Always"]
        every = [*pod["spec"]["containers"], *pod["spec"]["initContainers"]]
        assert all(one["securityContext"]["capabilities"] == {"drop": ["ALL"]} for one in every)


def test_a_caller_with_permission_is_answered_by_every_pod(city: City) -> None:
    answers = city.pods.call("caller", "web", count=40)
    assert {status for status, _ in answers} == {200}
    assert {text for _, text in answers} == {pod["metadata"]["name"] for pod in city.pods.pods("web")}


def test_a_caller_without_permission_gets_403(city: City) -> None:
    assert city.pods.call("stranger", "web") == [(403, "RBAC: access denied")]
    assert city.pods.call("caller", "web", method="POST") == [(403, "RBAC: access denied")]


def test_plain_text_to_a_strict_service_is_refused(city: City) -> None:
    assert city.pods.call("outsider", "web") == [(0, "ConnectionResetError")]
    with pytest.raises(ConnectionResetError):
        fetched(city.pods.addresses("web")[0], 8080, "/")


def test_only_a_right_token_is_let_in(city: City) -> None:
    def status(token: str | None) -> int:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        [(found, _)] = city.pods.call("caller", "api", headers=headers)
        return found

    foreign = Issuer(city.issuer.name)
    assert status(city.issuer.token()) == 200
    assert status(city.issuer.token(valid_seconds=-120)) == 401
    assert status(foreign.token()) == 401
    assert status(Issuer("https://other.test").token()) == 401
    assert status(None) == 403


def test_grpc_is_carried_and_balanced_call_by_call(city: City) -> None:
    """One connection of the client's is spread over the pods, which Kubernetes alone would not do."""
    target = (f"--server_host=echo.{city.pods.namespace}.svc.cluster.local", "--server_port=80", "--use_tls=false")
    for case in ("large_unary", "server_streaming", "ping_pong", "status_code_and_message"):
        city.pods.exec("caller", "grpc-client", *target, f"--test_case={case}")
    soak = ("--test_case=rpc_soak", "--soak_iterations=100", "--soak_request_size=1", "--soak_response_size=1")
    city.pods.exec("caller", "grpc-client", *target, *soak)
    counted = Counter({address: grpc_requests(address) for address in city.pods.addresses("echo")})
    assert min(counted.values()) >= 40
    with pytest.raises(AssertionError, match=r"PermissionDenied.*RBAC: access denied"):
        city.pods.exec("stranger", "grpc-client", *target, "--test_case=large_unary")


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
