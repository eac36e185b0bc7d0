"""What a spec asks of traffic, read back from what istiod told a proxy over xDS."""

from typing import Any

import pytest

from tests.mesh.mesh import Mesh

pytestmark = pytest.mark.sandbox

FULL = {
    "loadBalancing": "roundRobin",
    "timeout": "2s",
    "retries": {
        "attempts": 3,
        "perTryTimeout": "500ms",
        "retryOn": ["connectFailure", "gatewayError", "503"],
        "idempotent": True,
        "backoff": "40ms",
        "budgetPercent": 20,
    },
    "circuitBreaker": {
        "maxConnections": 200,
        "maxPendingRequests": 50,
        "maxRequests": 500,
        "ejection": {
            "consecutive5xxErrors": 3,
            "interval": "4s",
            "baseEjectionTime": "60s",
            "maxEjectionPercent": 60,
        },
    },
}
HASHED = {"loadBalancing": {"consistentHash": {"cookie": {"name": "who", "ttl": "1h"}}}, "retries": {"attempts": 0}}
SPLIT = {"split": {"main": 70, "new": 30}}


@pytest.fixture
def told(mesh: Mesh) -> tuple[dict[str, Any], dict[str, Any]]:
    """The clusters and the routes of a proxy, by service."""
    mesh.deploy(
        full={"traffic": FULL},
        hashed={"traffic": HASHED},
        least={"traffic": {"loadBalancing": "leastRequest"}},
        chance={"traffic": {"loadBalancing": "random"}},
        split={"traffic": SPLIT, "versions": {"new": {"image": "example.test/web:2"}}},
    )
    services = ("full", "hashed", "least", "chance", "split")
    for service in services:
        mesh.serve(service, service)
    with mesh.proxy() as proxy:
        for service in services:
            mesh.ready(proxy, service, 1)
        every = proxy.clusters()
        clusters = {service: every[f"outbound|80||{mesh.host(service)}"] for service in services}
        routes = {service: proxy.virtual_host(mesh.host(service))["routes"][0]["route"] for service in services}
    return clusters, routes


def test_what_a_spec_asks_for_is_what_a_proxy_is_told(told: tuple[dict[str, Any], dict[str, Any]]) -> None:
    clusters, routes = told
    # ROUND_ROBIN is Envoy's own default, and a default is not written.
    policies = {service: cluster.get("lb_policy", "ROUND_ROBIN") for service, cluster in clusters.items()}
    assert policies == {
        "full": "ROUND_ROBIN",
        "hashed": "MAGLEV",
        "least": "LEAST_REQUEST",
        "chance": "RANDOM",
        "split": "LEAST_REQUEST",
    }
    assert clusters["full"]["outlier_detection"] == {
        "consecutive_5xx": 3,
        "interval": "4s",
        "base_ejection_time": "60s",
        "max_ejection_percent": 60,
        "enforcing_success_rate": 0,
        "enforcing_consecutive_5xx": 100,
    }
    limits = clusters["full"]["circuit_breakers"]["thresholds"][0]
    assert {key: limits[key] for key in ("max_connections", "max_pending_requests", "max_requests")} == {
        "max_connections": 200,
        "max_pending_requests": 50,
        "max_requests": 500,
    }
    assert limits["retry_budget"]["budget_percent"] == {"value": 20}
    assert routes["full"]["timeout"] == "2s"
    retries = routes["full"]["retry_policy"]
    assert retries["num_retries"] == 3
    assert retries["per_try_timeout"] == "0.500s"
    assert set(retries["retry_on"].split(",")) == {"connect-failure", "gateway-error", "retriable-status-codes"}
    assert retries["retriable_status_codes"] == [503]
    assert retries["retry_back_off"]["base_interval"] == "0.040s"
    assert [one["name"] for one in retries["retry_host_predicate"]] == ["envoy.retry_host_predicates.previous_hosts"]
    assert "retry_policy" not in routes["hashed"] or routes["hashed"]["retry_policy"].get("num_retries", 0) == 0
    assert routes["hashed"]["hash_policy"] == [{"cookie": {"name": "who", "ttl": "3600s"}}]
    shares = routes["split"]["weighted_clusters"]["clusters"]
    assert sorted(one["weight"] for one in shares) == [30, 70]
