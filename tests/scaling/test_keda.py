"""Autoscaling by requests and by the clock, with the real KEDA, Prometheus and mesh."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.manifests.offline import offline_objects
from sandbox import lifecycle
from sandbox.addons.prometheus import ADDRESS
from sandbox.layout import layout
from tests.cluster.waiting import eventually
from tests.conftest import Files
from tests.mesh.cluster import fresh_name, kubectl
from tests.mesh.pods import Pods, deployed, image, server, waiting

pytestmark = pytest.mark.sandbox

_CALM = {
    "scaleDown": {"stabilizationWindowSeconds": 15, "policies": [{"type": "Pods", "value": 10, "periodSeconds": 15}]}
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Crowd:
    """Services that scale, and one that calls them."""

    pods: Pods
    opens: datetime
    """When the window of `office` opens."""

    def wanted(self, service: str) -> int:
        """Return how many pods a service is to have."""
        path = "jsonpath={.spec.replicas}"
        return int(kubectl("get", "deployment", "-n", self.pods.namespace, service, "-o", path))

    def load(self, service: str, until: Callable[[], bool], seconds: float) -> None:
        """Call a service again and again, in rounds of a bounded number, until something holds or the time is over."""
        ended = threading.Event()
        host = f"{service}.{self.pods.namespace}.svc.cluster.local"

        def call() -> None:
            while not ended.is_set():
                self.pods.call("caller", host, count=50)

        worker = threading.Thread(target=call)
        worker.start()
        try:
            eventually(until, bool, seconds, pause=1)
        finally:
            ended.set()
            worker.join()


def window(opens: datetime) -> dict[str, Any]:
    """Return a window that opens at a minute and closes an hour later."""
    closes = opens + timedelta(hours=1)
    clock = {"from": f"{opens:%H:%M}", "to": f"{closes:%H:%M}", "timeZone": "Etc/UTC"}
    return {"days": [_DAYS[opens.weekday()]], **clock, "min": 3}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """A service that goes down to no pod, and one with a window that opens soon."""
    lifecycle.up(addons=["istio", "prometheus", "keda"])
    of = image(layout())
    files = Files(tmp_path_factory.mktemp("spec"))
    files.metadata["name"] = fresh_name("test_crowd")
    opens = (datetime.now(UTC) + timedelta(minutes=3)).replace(second=0, microsecond=0)
    files.services = {"shop": scaled(of, {"min": 0, "max": 3, "targets": {"requestsPerSecondPerReplica": 5}})}
    files.services["office"] = scaled(
        of, {"min": 1, "max": 4, "targets": {"cpuPercent": 900}, "schedules": {"soon": window(opens)}}
    )
    files.services["caller"] = waiting(of, connections={"shop": {}, "office": {}})
    files.platform["environments"]["dev"] |= {
        "mesh": {"kind": "istio-sidecar"},
        "monitoring": {"labels": {}, "address": f"http://{ADDRESS}", "proxies": True},
        "installed": {"keda": True, "prometheus-operator": True},
        "versions": {"kubernetes": "1.36"},
    }
    with deployed(offline_objects(files.resolve())) as pods:
        yield Crowd(pods, opens)


def scaled(of: str, scaling: dict[str, Any]) -> dict[str, Any]:
    """Return a server with an autoscaler that is soon calm."""
    said = server(of, scaling={**scaling, "behavior": _CALM}, resources={"requests": {"cpu": "20m", "memory": "32Mi"}})
    del said["replicas"]
    return said


def test_a_window_raises_the_floor_at_its_minute(crowd: Crowd) -> None:
    seen: dict[str, int] = {}

    def raised() -> bool:
        seen["pods"] = crowd.wanted("office")
        return seen["pods"] == 3

    wait = (crowd.opens - datetime.now(UTC)).total_seconds()
    if wait > 0:
        assert crowd.wanted("office") == 1
        time.sleep(wait)
    eventually(raised, bool, 60, pause=1)
    autoscaler = json.loads(kubectl("get", "hpa", "-n", crowd.pods.namespace, "keda-hpa-office", "-o", "json"))
    changed = datetime.fromisoformat(autoscaler["status"]["lastScaleTime"])
    assert timedelta(0) <= changed - crowd.opens <= timedelta(seconds=60)


def test_a_service_that_nobody_calls_has_no_pod_and_calls_bring_pods(crowd: Crowd) -> None:
    eventually(lambda: crowd.wanted("shop"), lambda pods: pods == 0, 180, pause=1)
    crowd.load("shop", lambda: crowd.wanted("shop") == 3, 180)
    eventually(lambda: crowd.wanted("shop"), lambda pods: pods == 0, 240, pause=1)
