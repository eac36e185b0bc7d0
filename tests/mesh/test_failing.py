"""What becomes of requests when pods fail, hang or die."""

import math
import time
from functools import partial

from tests.mesh.backends import shares, statuses
from tests.mesh.chance import UNLIKELY, at_least, binomial
from tests.mesh.envoy import Envoy
from tests.mesh.forms import forms
from tests.mesh.mesh import Mesh


@forms("count", 3000, 20_000)
def test_retries_turn_ten_percent_of_failures_into_under_half_a_percent(mesh: Mesh, count: int) -> None:
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
            answers = statuses(mesh.caller(name).call(count, connections=2))
            failed[name] = count - answers[200]
    assert binomial(failed["once"], count, 0.1) > UNLIKELY
    assert failed["thrice"] < 0.005 * count
    assert at_least(math.ceil(0.005 * count), count, 0.001) < UNLIKELY


@forms("rounds", 1, 8)
def test_a_hung_pod_is_ejected_within_its_interval_and_comes_back(mesh: Mesh, rounds: int) -> None:
    ejection = {"consecutive5xxErrors": 3, "interval": "2s", "baseEjectionTime": "3s"}
    breaker = {"ejection": ejection}
    traffic = {"loadBalancing": "roundRobin", "timeout": "200ms", "retries": {"attempts": 0}, "circuitBreaker": breaker}
    mesh.deploy(web={"traffic": traffic})
    servers = [mesh.serve("web", f"web-{number}") for number in range(4)]
    with mesh.proxy() as proxy:
        cluster = mesh.ready(proxy, "web", 4)
        caller = mesh.caller("web")
        assert statuses(caller.call(40)) == {200: 40}
        for number in range(rounds):
            server = servers[number % 4]
            server.hung = True
            begun = time.monotonic()
            answers = []
            while len(proxy.healthy(cluster)) == 4:
                answers += caller.call(4)
                assert time.monotonic() < begun + 2, "not ejected within its interval"
            # Exactly what ejection waits for fails, and nothing after it.
            assert statuses(answers)[504] == 3
            assert statuses(caller.call(200)) == {200: 200}
            server.hung = False
            proxy.wait_for(lambda p: len(p.healthy(cluster)) == 4, "the pod is tried again", 60)
            proxy.settle()
            assert shares(caller.call(200))[server.name] == 50


@forms("count", 200, 5000)
def test_a_dead_zone_fails_over_to_its_region_and_then_beyond_and_back(mesh: Mesh, count: int) -> None:
    near_first = ["topology.kubernetes.io/region", "topology.kubernetes.io/zone"]
    ejection = {"consecutive5xxErrors": 1, "interval": "1s", "baseEjectionTime": "10s", "maxEjectionPercent": 100}
    traffic = {
        "loadBalancing": "roundRobin",
        "locality": {"failover": near_first},
        "circuitBreaker": {"ejection": ejection},
    }
    mesh.deploy(web={"traffic": traffic})
    zone = [mesh.serve("web", f"zone-{number}", locality="north/a") for number in range(2)]
    region = mesh.serve("web", "region", locality="north/b")
    mesh.serve("web", "beyond", locality="south/a")
    with mesh.proxy("north/a") as proxy:
        cluster = mesh.ready(proxy, "web", 4)
        caller = mesh.caller("web")
        assert shares(caller.call(100)) == {"zone-0": 50, "zone-1": 50}
        for dead, left in ((zone, "region"), ([region], "beyond")):
            for server in dead:
                mesh.backends.stop(server)
            caller.call(20)
            gone = {f"{server.address}:{server.port}" for server in dead}
            proxy.wait_for(partial(_has_left, cluster, gone), "the dead are ejected")
            proxy.settle()
            assert shares(caller.call(count)) == {left: count}
        for server in (*zone, region):
            mesh.backends.start(server)
        proxy.wait_for(lambda p: len(p.healthy(cluster)) == 4, "they are tried again")
        proxy.settle()
        assert shares(caller.call(100)) == {"zone-0": 50, "zone-1": 50}


def _has_left(cluster: str, gone: set[str], proxy: Envoy) -> bool:
    return not gone & proxy.healthy(cluster)
