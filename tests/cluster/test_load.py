"""Load and trouble: pods come and go with the load, and what hangs is restarted while the rest goes on."""

import json
import threading
import time
from collections.abc import Callable

import pytest

from tests.cluster.conftest import Trial, answer
from tests.cluster.waiting import eventually

pytestmark = pytest.mark.sandbox


def front(trial: Trial) -> str:
    """Make the trial the shop's front alone, and return its host."""
    trial.services.clear()
    trial.services["front"] = {
        "build": {"context": "examples/shop/storefront"},
        "port": 8080,
        "env": {"SHOP_CONFIG": "/etc/shop/shop.json", "CHAOS": "enabled", "SESSION_KEY": "trial"},
        "files": {"/etc/shop/shop.json": {"source": "examples/shop/config/shop.json"}},
        "probes": {
            "readiness": {"httpGet": {"path": "/ready"}, "periodSeconds": 1},
            "liveness": {"httpGet": {"path": "/live"}, "periodSeconds": 1, "timeoutSeconds": 1},
        },
        "resources": {"requests": {"cpu": "50m", "memory": "96Mi"}},
        "rollout": {"minReadySeconds": 1},
        "shutdown": {"drainSeconds": 1, "graceSeconds": 5},
        "replicas": 2,
    }
    routes = {"/": {"service": "front"}}
    trial.application["spec"]["ingress"] = {"hosts": {"web": {"subdomain": trial.name}}, "routes": routes}
    return f"{trial.name}.dev.localhost"


def test_load_adds_pods_and_calm_takes_them_away(trial: Trial, kubectl: Callable[..., str]) -> None:
    host = front(trial)
    trial.services["front"].pop("replicas")
    calm = {"stabilizationWindowSeconds": 10, "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}]}
    trial.services["front"]["scaling"] = {
        "min": 1,
        "max": 3,
        "targets": {"cpuPercent": 60},
        "behavior": {"scaleDown": calm},
    }
    trial.write()
    trial.up()

    def pods() -> int:
        return int(kubectl("get", "deployment", "-n", trial.namespace, "front", "-o", "jsonpath={.spec.replicas}"))

    eventually(lambda: answer(host, "/ready")[0], lambda status: status == 200, 30)
    ended = threading.Event()
    deadline = time.monotonic() + 150

    def load() -> None:
        while not ended.is_set() and time.monotonic() < deadline:
            answer(host, "/work?ms=50")
            time.sleep(0.05)

    workers = [threading.Thread(target=load) for _ in range(2)]
    for worker in workers:
        worker.start()
    try:
        eventually(pods, lambda seen: seen >= 2, 140, pause=1)
    finally:
        ended.set()
        for worker in workers:
            worker.join()
    eventually(pods, lambda seen: seen == 1, 150, pause=1)


def test_a_hanging_container_is_restarted_and_the_rest_goes_on(trial: Trial, kubectl: Callable[..., str]) -> None:
    host = front(trial)
    trial.write()
    trial.up()
    eventually(lambda: answer(host, "/ready")[0], lambda status: status == 200, 30)

    def restarts() -> int:
        items = json.loads(kubectl("get", "pods", "-n", trial.namespace, "-o", "json"))["items"]
        return sum(status["restartCount"] for pod in items for status in pod["status"].get("containerStatuses", ()))

    assert restarts() == 0
    assert answer(host, "/hang", data=b"")[0] == 202
    statuses: list[int] = []
    deadline = time.monotonic() + 90
    while restarts() == 0 and time.monotonic() < deadline:
        statuses.append(answer(host, "/ready")[0])
        time.sleep(0.2)
    assert restarts() == 1
    assert statuses.count(200) >= 0.9 * len(statuses), statuses
    eventually(
        lambda: kubectl("get", "deployment", "-n", trial.namespace, "front", "-o", "jsonpath={.status.readyReplicas}"),
        lambda ready: ready == "2",
        60,
    )
