"""Rules of traffic: for each a service that provokes it, beside the nearest one that does not."""

from typing import Any

import pytest

from components.manifests.offline import offline_objects
from tests.conftest import Files

REDIS = {"ports": {"redis": {"port": 6379, "appProtocol": "redis"}}}
DELAY = {"delay": {"duration": "2s", "percent": 10}}
EJECTS = {"circuitBreaker": {"ejection": {}}}
ZONE = ["topology.kubernetes.io/zone"]


def hashed(**alike: Any) -> dict[str, Any]:
    return {"loadBalancing": {"consistentHash": alike}}


def ejecting(percent: int) -> dict[str, Any]:
    return {"circuitBreaker": {"ejection": {"maxEjectionPercent": percent}}}


CASES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    # What is wrong, where it is told, what is added to the service `web` that provokes it, and what does not.
    (
        "a retry that may do a thing twice",
        "SW5301 traffic.retries.retryOn",
        {"traffic": {"retries": {"retryOn": ["connectFailure", "reset"]}}},
        {"traffic": {"retries": {"retryOn": ["connectFailure", "reset"], "idempotent": True}}},
    ),
    (
        "a port that is not for callers",
        "SW5302 traffic",
        {"type": "worker", "ports": {"m": {"port": 1, "expose": False}}, "traffic": {"loadBalancing": "random"}},
        {"type": "worker", "ports": {"m": {"port": 1, "appProtocol": "tcp"}}, "traffic": {"loadBalancing": "random"}},
    ),
    (
        "a timeout of connections",
        "SW5303 traffic.timeout",
        {**REDIS, "traffic": {"timeout": "2s"}},
        {"ports": {"http": {"port": 6379}}, "traffic": {"timeout": "2s"}},
    ),
    (
        "a header of connections",
        "SW5303 traffic.loadBalancing.consistentHash.header",
        {**REDIS, "traffic": hashed(header="x-user")},
        {**REDIS, "traffic": hashed(sourceAddress=True)},
    ),
    (
        "a pause between no retries",
        "SW5304 traffic.retries.backoff",
        {"traffic": {"retries": {"attempts": 0, "backoff": "1s"}}},
        {"traffic": {"retries": {"attempts": 1, "backoff": "1s"}}},
    ),
    (
        "one try too many",
        "SW5305 traffic.retries.perTryTimeout",
        {"traffic": {"timeout": "2s", "retries": {"attempts": 2, "perTryTimeout": "667ms"}}},
        {"traffic": {"timeout": "2s", "retries": {"attempts": 2, "perTryTimeout": "666ms"}}},
    ),
    (
        "a warm-up by chance",
        "SW5306 traffic.loadBalancing.warmup",
        {"traffic": {"loadBalancing": {"algorithm": "random", "warmup": "30s"}}},
        {"traffic": {"loadBalancing": {"warmup": "30s"}}},
    ),
    (
        "a warm-up by hash",
        "SW5306 traffic.loadBalancing.warmup",
        {"traffic": {"loadBalancing": {"consistentHash": {"header": "a"}, "warmup": "30s"}}},
        {"traffic": {"loadBalancing": {"algorithm": "leastRequest", "warmup": "30s"}}},
    ),
    (
        "alike calls from two places",
        "SW5307 traffic.loadBalancing.consistentHash",
        {"traffic": {**hashed(header="a"), "locality": {"prefer": "node"}}},
        {"traffic": {"loadBalancing": "random", "locality": {"prefer": "node"}}},
    ),
    (
        "failover without ejection",
        "SW5308 traffic.locality.failover",
        {"traffic": {"locality": {"failover": ZONE}, "circuitBreaker": {"maxRequests": 1}}},
        {"traffic": {"locality": {"failover": ZONE}, **EJECTS}},
    ),
    (
        "a third of two pods",
        "SW5309 traffic.circuitBreaker.ejection.maxEjectionPercent",
        {"replicas": 3, "traffic": ejecting(33)},
        {"replicas": 3, "traffic": ejecting(34)},
    ),
    (
        "half of the fewest pods",
        "SW5309 traffic.circuitBreaker.ejection.maxEjectionPercent",
        {"replicas": 2, "traffic": ejecting(49)},
        {"replicas": 1, "traffic": ejecting(49)},
    ),
    (
        "a port that nobody says anything of",
        "SW5316 ports.httpd",
        {"ports": {"httpd": {"port": 80}}},
        {"ports": {"http-a": {"port": 80}, "udp": {"port": 81, "protocol": "UDP"}, "m": {"port": 9, "expose": False}}},
    ),
    ("an empty fault", "SW5310 traffic.fault", {"traffic": {"fault": {}}}, {"traffic": {"fault": DELAY}}),
    (
        "an outage",
        "SW5312 traffic.fault.abort.percent",
        {"traffic": {"fault": {"abort": {"status": 503, "percent": 100}}}},
        {"traffic": {"fault": {"delay": {"duration": "1s", "percent": 100}}}},
    ),
    (
        "a call longer than a pod's end",
        "SW5313 traffic.timeout",
        {"shutdown": {"drainSeconds": 5, "graceSeconds": 30}, "traffic": {"timeout": "25001ms"}},
        {"shutdown": {"drainSeconds": 5, "graceSeconds": 30}, "traffic": {"timeout": "25s"}},
    ),
]


@pytest.fixture
def meshed(files: Files) -> Files:
    """Return files of an environment for tests, with a mesh that can express everything."""
    entry = {"mesh": {"kind": "istio-sidecar"}, "versions": {"istio": "1.31"}, "servesPeople": False}
    files.platform["environments"]["dev"] |= entry
    return files


def told(files: Files, changes: dict[str, Any]) -> list[str]:
    ports = {} if "ports" in changes else {"port": 8080}
    files.services = {"web": {"image": "example.test/web:1", **ports, **changes}}
    return files.problems()


@pytest.mark.parametrize(("where", "wrong", "right"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_rule_of_traffic(meshed: Files, where: str, wrong: dict[str, Any], right: dict[str, Any]) -> None:
    code, _, path = where.partition(" ")
    assert told(meshed, wrong) == [f"{code} spec.services.web.{path}"]
    assert told(meshed, right) == []


@pytest.mark.parametrize("serves", [{}, {"servesPeople": True}])
def test_a_fault_for_people_is_said_twice(meshed: Files, serves: dict[str, bool]) -> None:
    entry = meshed.platform["environments"]["dev"]
    del entry["servesPeople"]
    entry |= serves
    assert told(meshed, {"traffic": {"fault": DELAY}}) == ["SW5311 spec.services.web.traffic.fault"]
    assert told(meshed, {"traffic": {"fault": {**DELAY, "evenForPeople": True}}}) == []


def test_what_a_platform_asks_for_every_service_is_no_mistake_of_one(meshed: Files) -> None:
    meshed.platform["environments"]["dev"]["services"] = {"traffic": {"timeout": "2s", "retries": {"attempts": 0}}}
    assert told(meshed, {**REDIS}) == []
    assert told(meshed, {"type": "worker", "port": None}) == []


@pytest.mark.parametrize(("mesh", "port", "shown"), [
    ("istio-sidecar", {"appProtocol": "grpc"}, True),
    ("istio-ambient", {}, True),
    ("gateway-api", {}, False),
    ("istio-sidecar", {"appProtocol": "redis"}, False),
    ("istio-sidecar", {"protocol": "UDP"}, False),
])  # fmt: skip
def test_a_spec_shows_what_istio_retries_unasked(meshed: Files, mesh: str, port: Any, shown: bool) -> None:
    meshed.platform["environments"]["dev"]["mesh"] = {"kind": mesh}
    meshed.services = {"web": {"image": "example.test/web:1", "ports": {"p": {"port": 81, **port}}}}
    retries = meshed.resolve().application.services["web"].traffic.retries
    assert (retries.attempts if retries else None) == (2 if shown else None)


@pytest.mark.parametrize(("mesh", "attempts"), [("istio-sidecar", 1), ("istio-ambient", 2)])
def test_a_platform_changes_what_istio_does_unasked_where_istio_can_be_told(
    meshed: Files, mesh: str, attempts: int
) -> None:
    meshed.platform["environments"]["dev"]["mesh"] = {"kind": mesh}
    meshed.platform["baselines"] = {"b": {"whenPresent": {"services": {"traffic": {"retries": {"attempts": 1}}}}}}
    meshed.metadata["platform"] = {"name": "acme", "baseline": "b"}
    meshed.services = {"web": {"image": "example.test/web:1", "port": 8080}}
    retries = meshed.resolve().application.services["web"].traffic.retries
    assert retries is not None
    assert retries.attempts == attempts


def calling(port: dict[str, Any], **service: Any) -> dict[str, Any]:
    """Return a service and one that calls its only port."""
    return {
        "web": {"image": "example.test/web:1", "port": 8080, "connections": {"api": {}}},
        "api": {"image": "example.test/api:1", "ports": {"p": {"port": 9000, **port}}, **service},
    }


GRPC = {"appProtocol": "grpc"}
PINNED = ["SW5314 spec.services.api.ports.p"]


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        (calling(GRPC), PINNED),
        (calling({"appProtocol": "kubernetes.io/h2c"}), PINNED),
        (calling({**GRPC, "headless": True}), []),
        (calling({"appProtocol": "http"}), []),
        (calling(GRPC, replicas=1), []),
        ({"api": calling(GRPC)["api"]}, []),
    ],
)
def test_without_a_mesh_a_caller_of_grpc_stays_at_one_pod(files: Files, services: Any, expected: list[str]) -> None:
    files.services = services
    assert files.problems() == expected
    files.platform["environments"]["dev"]["mesh"] = {"kind": "istio-ambient"}
    assert files.problems() == []


def test_where_a_mesh_picks_the_pods_no_port_is_headless(meshed: Files) -> None:
    meshed.services = calling({**GRPC, "headless": True})
    headless = offline_objects(meshed.resolve())
    meshed.services = calling(GRPC)
    assert headless == offline_objects(meshed.resolve())


def test_a_name_is_left_to_the_service_that_leads_to_every_pod(files: Files) -> None:
    files.services = {
        "api": {"image": "example.test/api:1", "ports": {"p": {"port": 9000, "headless": True}}},
        "api-headless": {"image": "example.test/api:1", "port": 8080},
    }
    assert files.problems() == ["SW4007 spec.services.api-headless"]


@pytest.mark.parametrize(("route", "expected"), [
    ("1500ms", ["SW5315 spec.ingress.routes./.timeout"]),
    ("2s", []),
    ("1m", []),
])  # fmt: skip
def test_a_route_ends_no_sooner_than_the_calls_it_leads_to(meshed: Files, route: str, expected: list[str]) -> None:
    meshed.platform["environments"]["dev"]["ingress"] = {"kind": "gateway", "class": "istio", "tls": {"secret": "s"}}
    meshed.services = {"web": {"image": "example.test/web:1", "port": 8080, "traffic": {"timeout": "2s"}}}
    routes = {"/": {"service": "web", "timeout": route}}
    meshed.spec = {"ingress": {"hosts": {"w": {"subdomain": "w"}}, "routes": routes}}
    assert meshed.problems() == expected
