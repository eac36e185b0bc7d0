"""What becomes of requests when pods fail, hang or die."""

import time

import pytest

from tests.mesh.backends import shares, statuses
from tests.mesh.chance import UNLIKELY, at_least, binomial
from tests.mesh.cluster import apply
from tests.mesh.mesh import Mesh
from tests.mesh.objects import rule

pytestmark = pytest.mark.sandbox


def test_retries_turn_ten_percent_of_failures_into_under_half_a_percent(mesh: Mesh) -> None:
    """Three tries at 10 % each leave 0.1 %: of 3000 requests 3; that 15 or more fail has a probability of 5e-7."""
    again = {"attempts": 2, "retryOn": ["5xx"], "idempotent": True, "perTryTimeout": "1s", "backoff": "1ms"}
    mesh.deploy(once={"traffic": {"retries": {"attempts": 0}}}, thrice={"traffic": {"retries": again}})
    for name in ("once", "thrice"):
        for number in range(3):
            mesh.serve(name, f"{name}-{number}", failing=0.1)
    with mesh.proxy() as proxy:
        failed = {}
        for name in ("once", "thrice"):
            mesh.ready(proxy, name, 3)
            answers = statuses(mesh.caller(name).call(3000, connections=2))
            failed[name] = 3000 - answers[200]
    assert binomial(failed["once"], 3000, 0.1) > UNLIKELY
    assert failed["thrice"] < 0.005 * 3000
    assert at_least(15, 3000, 0.001) < UNLIKELY


def test_a_hung_pod_is_ejected_within_its_interval_and_comes_back(mesh: Mesh) -> None:
    ejection = {"consecutive5xxErrors": 3, "interval": "2s", "baseEjectionTime": "3s"}
    breaker = {"ejection": ejection}
    traffic = {"loadBalancing": "roundRobin", "timeout": "200ms", "retries": {"attempts": 0}, "circuitBreaker": breaker}
    mesh.deploy(web={"traffic": traffic})
    servers = [mesh.serve("web", f"web-{number}") for number in range(4)]
    with mesh.proxy() as proxy:
        cluster = mesh.ready(proxy, "web", 4)
        caller = mesh.caller("web")
        assert statuses(caller.call(40)) == {200: 40}
        servers[0].hung = True
        begun = time.monotonic()
        answers = []
        while len(proxy.healthy(cluster)) == 4:
            answers += caller.call(4)
            assert time.monotonic() < begun + 2, "not ejected within its interval"
        # Exactly what ejection waits for fails, and nothing after it.
        assert statuses(answers)[504] == 3
        assert statuses(caller.call(200)) == {200: 200}
        servers[0].hung = False
        proxy.wait_for(lambda p: len(p.healthy(cluster)) == 4, "the pod is tried again")
        proxy.settle()
        assert shares(caller.call(200))["web-0"] == 50


def test_a_dead_locality_fails_over_and_back(mesh: Mesh) -> None:
    policy = {
        "loadBalancer": {
            "simple": "ROUND_ROBIN",
            "localityLbSetting": {"enabled": True, "failover": [{"from": "north", "to": "south"}]},
        },
        "outlierDetection": {
            "consecutive5xxErrors": 1,
            "interval": "1s",
            "baseEjectionTime": "3s",
            "maxEjectionPercent": 100,
        },
    }
    mesh.deploy(web={})
    apply(rule(mesh.namespace, "web", policy))
    near = [mesh.serve("web", f"near-{number}", locality="north/a") for number in range(2)]
    for name, locality in (("far-0", "south/a"), ("far-1", "south/b"), ("other", "west/a")):
        mesh.serve("web", name, locality=locality)
    with mesh.proxy("north/a") as proxy:
        cluster = mesh.ready(proxy, "web", 5)
        caller = mesh.caller("web")
        assert shares(caller.call(100)) == {"near-0": 50, "near-1": 50}
        for server in near:
            mesh.backends.stop(server)
        caller.call(20)
        proxy.wait_for(lambda p: len(p.healthy(cluster)) <= 3, "the dead pods are ejected")
        proxy.settle()
        answers = caller.call(200)
        assert statuses(answers) == {200: 200}
        assert set(shares(answers)) == {"far-0", "far-1"}
        for server in near:
            mesh.backends.start(server)
        proxy.wait_for(lambda p: len(p.healthy(cluster)) == 5, "the pods are tried again")
        proxy.settle()
        assert set(shares(caller.call(100))) == {"near-0", "near-1"}
