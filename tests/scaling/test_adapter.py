"""Autoscaling by requests without KEDA: Kubernetes' own controller, and Prometheus behind an adapter's rules."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from components.manifests.offline import offline_objects
from tests.cluster.waiting import eventually
from tests.conftest import Files
from tests.hpa.control_plane import Api, control_plane
from tests.hpa.metrics import answering
from tests.scaling.adapter import StandIn, documented_rules
from tests.scaling.watched import Watched, watched

pytestmark = pytest.mark.sandbox

_SOON = {"scaleDown": {"stabilizationWindowSeconds": 1, "policies": [{"type": "Pods", "value": 9, "periodSeconds": 1}]}}
_REQUESTS = 'stackwright:requests:rate1m{namespace="shop-dev", service="shop"}'
_WAITING = 'rabbitmq_queue_messages_ready{namespace="shop-dev", queue="orders"}'
_ANOTHERS = (
    'stackwright:requests:rate1m{namespace="shop-dev", service="other"}',
    'stackwright:requests:rate1m{namespace="shop-prod", service="shop"}',
    'rabbitmq_queue_messages_ready{namespace="shop-dev", queue="letters"}',
)


_SERVICES = ("shop", "worker")
_PATHS = {
    "Deployment": "/apis/apps/v1/namespaces/shop-dev/deployments",
    "HorizontalPodAutoscaler": "/apis/autoscaling/v2/namespaces/shop-dev/horizontalpodautoscalers",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """Services whose pods nobody makes: their count is told as it is wanted."""

    api: Api
    prometheus: Watched
    adapter: StandIn

    def counts(self) -> set[int]:
        """Return how many pods services are to have, and say that they have them."""
        found = set()
        for name in _SERVICES:
            path = f"{_PATHS['Deployment']}/{name}"
            found.add(wanted := self.api.call("GET", path)["spec"]["replicas"])
            self.api.merge(f"{path}/status", {"status": {"replicas": wanted}})
        return found

    def reach(self, wanted: int) -> None:
        eventually(self.counts, lambda counts: counts == {wanted}, 60)

    def stay(self, wanted: int) -> None:
        """Hold the services to a count while each autoscaler looks some times."""
        until = self.adapter.asked + 3 * len(_SERVICES)
        while self.adapter.asked < until:
            assert self.counts() == {wanted}
            time.sleep(0.1)

    def reasons(self) -> set[str]:
        """Return why the autoscalers do or do not scale."""
        found = self.api.call("GET", _PATHS["HorizontalPodAutoscaler"])["items"]
        said = [one for scaler in found for one in scaler["status"].get("conditions", ())]
        return {one["reason"] for one in said if one["type"] == "ScalingActive"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("adapter")
    with watched(folder) as prometheus:
        prometheus.series |= dict.fromkeys(_ANOTHERS, 1000.0)
        adapter = StandIn(prometheus.address, documented_rules())
        with answering(folder, adapter.answer) as port, control_plane(folder, port) as api:
            api.call("POST", "/api/v1/namespaces", {"metadata": {"name": "shop-dev"}})
            for one in offline_objects(spec(Files(folder))):
                if one["kind"] in _PATHS:
                    api.call("POST", _PATHS[one["kind"]], one)
            yield Stage(api, prometheus, adapter)


def spec(files: Files) -> Any:
    by_requests = {"min": 1, "max": 9, "targets": {"requestsPerSecondPerReplica": 12.5}, "behavior": _SOON}
    by_queue = {
        **by_requests,
        "targets": {"metrics": {"orders-waiting": {"perReplica": 30, "where": {"queue": "orders"}}}},
    }
    files.services = {
        "shop": {"image": "example.test/shop:1", "port": 8080, "scaling": by_requests},
        "worker": {"image": "example.test/worker:1", "type": "worker", "scaling": by_queue},
    }
    files.platform["environments"]["dev"] |= {
        "mesh": {"kind": "istio-sidecar"},
        "monitoring": {"labels": {}},
        "metrics": {"orders-waiting": {"series": "rabbitmq_queue_messages_ready"}},
        "installed": {"prometheus-adapter": True, "prometheus-operator": True},
        "versions": {"kubernetes": "1.36"},
    }
    return files.resolve()


def test_the_counts_follow_what_prometheus_knows_and_else_stay(stage: Stage) -> None:
    told = stage.prometheus.series
    told |= {_REQUESTS: 5 * 12.5, _WAITING: 5 * 30}
    stage.reach(5)
    assert stage.reasons() == {"ValidMetricFound"}
    told |= {_REQUESTS: math.nan, _WAITING: math.inf}
    eventually(stage.reasons, lambda reasons: reasons == {"FailedGetExternalMetric"}, 60)
    stage.stay(5)
    del told[_REQUESTS], told[_WAITING]
    stage.stay(5)
    assert stage.reasons() == {"FailedGetExternalMetric"}
    told |= {_REQUESTS: 0, _WAITING: 0}
    stage.reach(1)
