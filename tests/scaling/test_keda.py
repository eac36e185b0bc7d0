"""Autoscaling by requests and by the clock, with the real KEDA, Prometheus and mesh."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from components.manifests.offline import offline_objects
from sandbox import lifecycle
from sandbox.addons.prometheus import ADDRESS
from sandbox.layout import layout
from schemas.plan.model import Plan
from schemas.plan.text import written
from schemas.plan.week import WEEK
from tests.cluster.waiting import eventually
from tests.conftest import Files
from tests.mesh.cluster import fresh_name, kubectl
from tests.mesh.pods import Pods, deployed, image, server, waiting
from tests.schemas.plan.plans import plan

pytestmark = pytest.mark.sandbox

_CALM = {
    "scaleDown": {"stabilizationWindowSeconds": 15, "policies": [{"type": "Pods", "value": 10, "periodSeconds": 15}]}
}
_ZONE = "Asia/Kolkata"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Crowd:
    """Services that scale, and one that calls them."""

    pods: Pods
    opens: datetime
    """When the window of `office` opens, and the plans of `planned` and `fine` rise."""

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


def rising(service: str, opens: datetime, *, is_fine: bool) -> Plan:
    """Return a plan that asks for three pods from a minute on, by the clocks of a place that is half an hour off.

    A plan rises by the quarter of an hour, so its lead is what is left until the next one.
    """
    there = opens.astimezone(ZoneInfo(_ZONE))
    early = timedelta(minutes=15 - there.minute % 15)
    first = there + early
    slot = (first.weekday() * 24 + first.hour) * 4 + first.minute // 15
    floor = [1] * WEEK
    if is_fine:
        # So many windows that they have to be a series: on all days but those around this one.
        floor = [1 + number % 2 if (number - slot) % WEEK in range(96, WEEK - 96) else 1 for number in range(WEEK)]
    for number in range(4):
        floor[(slot + number) % WEEK] = 3
    days = {"generated": there.date(), "chosen": there.date(), "expires": there.date() + timedelta(days=14)}
    lead = int(early.total_seconds())
    names = {"service": service, "environment": "dev"}
    return plan(floor, **names, **days, time_zone=_ZONE, lead_seconds=lead)


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
    (files.folder / "plans").mkdir()
    for service, is_fine in (("planned", False), ("fine", True)):
        made = rising(service, opens, is_fine=is_fine)
        (files.folder / "plans" / f"{service}.yaml").write_text(
            written(replace(made, application=files.metadata["name"]))
        )
        scaling = {"min": 1, "max": 4, "targets": {"cpuPercent": 900}, "plan": f"plans/{service}.yaml"}
        files.services[service] = scaled(of, scaling)
    files.today = opens.date()
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


@pytest.mark.parametrize(
    ("service", "seconds"),
    # A rule looks once a minute, and then KEDA and the autoscaler every quarter of one.
    [
        pytest.param("office", 60, id="schedule"),
        pytest.param("planned", 60, id="plan"),
        pytest.param("fine", 120, id="rule"),
    ],
)
def test_a_floor_rises_at_its_minute(crowd: Crowd, service: str, seconds: int) -> None:
    wait = (crowd.opens - datetime.now(UTC)).total_seconds()
    if wait > 0:
        assert crowd.wanted(service) == 1
        time.sleep(wait)
    eventually(lambda: crowd.wanted(service), lambda pods: pods == 3, seconds, pause=1)
    autoscaler = json.loads(kubectl("get", "hpa", "-n", crowd.pods.namespace, f"keda-hpa-{service}", "-o", "json"))
    changed = datetime.fromisoformat(autoscaler["status"]["lastScaleTime"])
    assert timedelta(0) <= changed - crowd.opens <= timedelta(seconds=seconds)


def test_a_service_that_nobody_calls_has_no_pod_and_calls_bring_pods(crowd: Crowd) -> None:
    eventually(lambda: crowd.wanted("shop"), lambda pods: pods == 0, 180, pause=1)
    crowd.load("shop", lambda: crowd.wanted("shop") == 3, 180)
    eventually(lambda: crowd.wanted("shop"), lambda pods: pods == 0, 240, pause=1)
