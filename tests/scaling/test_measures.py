"""What Prometheus measures is the same number, whoever scales by it: KEDA, Kubernetes' own autoscaler, the simulator."""

import re
from typing import Any

import pytest

from cli.capacity.scaler import scaler_of
from cli.capacity.service import scaled
from components.manifests.offline import offline_objects
from simulator.hpa.settings import settings_of
from simulator.keda.activation import Activation
from simulator.replay.demand import Demand
from tests.conftest import Files
from tests.scaling.adapter import documented_rules, query

_TARGETS = {
    "requestsPerSecondPerReplica": 12.5,
    "concurrentRequestsPerReplica": 2000,
    "metrics": {"orders-waiting": {"perReplica": 30, "where": {"queue": "orders"}}},
}


@pytest.fixture
def files(files: Files) -> Files:
    files.services["web"]["scaling"] = {"min": 1, "max": 9, "targets": _TARGETS}
    files.platform["environments"]["dev"] |= {
        "mesh": {"kind": "istio-sidecar"},
        "monitoring": {"labels": {}, "address": "http://prometheus.monitoring:9090"},
        "metrics": {"orders-waiting": {"series": "rabbitmq_queue_messages_ready"}},
    }
    return files


def autoscaler(files: Files, *installed: str) -> dict[str, Any]:
    """Return the autoscaler of the service where something is installed."""
    files.platform["environments"]["dev"]["installed"] = dict.fromkeys(("prometheus-operator", *installed), True)
    kinds = ("HorizontalPodAutoscaler", "ScaledObject")
    (found,) = [one for one in offline_objects(files.resolve()) if one["kind"] in kinds]
    return found


def parts(promql: str) -> tuple[str, set[str]]:
    """Return the series of a query and what picks it."""
    ((series, matchers),) = re.findall(r"([a-z_:0-9]+){(.*?)}", promql)
    return series, set(re.split(r", ?", matchers))


def test_through_an_adapter_the_same_is_asked_as_by_keda(files: Files) -> None:
    by_keda = [parts(one["metadata"]["query"]) for one in autoscaler(files, "keda")["spec"]["triggers"]]
    asked = [one["external"]["metric"] for one in autoscaler(files, "prometheus-adapter")["spec"]["metrics"]]
    recorded, named = documented_rules()
    by_adapter = []
    for (series, _), metric in zip(by_keda, asked, strict=True):
        rule = named if metric["name"] == named["name"]["as"] else recorded
        ((_, names),) = re.findall(r'__name__=(~?)"(.*)"', rule["seriesQuery"])
        assert re.fullmatch(names, series)
        selector = ",".join(f"{label}={value}" for label, value in metric["selector"]["matchLabels"].items())
        by_adapter.append(parts(query(rule, series, "shop-dev", selector)))
    assert by_adapter == by_keda
    assert len(by_keda) == 3


def test_keda_comes_first_for_it_alone_has_a_fallback(files: Files) -> None:
    kinds = [autoscaler(files, *one)["kind"] for one in (("prometheus-adapter",), ("keda", "prometheus-adapter"))]
    assert kinds == ["HorizontalPodAutoscaler", "ScaledObject"]


def test_the_simulator_wakes_a_service_as_often_as_keda_looks(files: Files) -> None:
    files.services["web"]["scaling"]["min"] = 0
    written = autoscaler(files, "keda")["spec"]
    scaler, _ = scaler_of(scaled(files.project(), "dev", "web"), Demand(0, 60, [100.0] * 60))
    assert scaler.activation == Activation(
        min=written["minReplicaCount"],
        polling_seconds=written["pollingInterval"],
        cooldown_seconds=written["cooldownPeriod"],
    )


def test_the_simulator_replays_the_autoscaler_that_is_written(files: Files) -> None:
    written = settings_of(autoscaler(files, "prometheus-adapter"))
    demand = Demand(0, 60, [100.0] * 60)
    scaler, left_out = scaler_of(scaled(files.project(), "dev", "web"), demand)
    (replayed,) = scaler.settings.metrics
    first = written.metrics[0]
    assert (replayed.source, replayed.target, replayed.value) == (first.source, first.target, first.value)
    assert (scaler.settings.min, scaler.settings.max, scaler.settings.behavior) == (
        written.min,
        written.max,
        written.behavior,
    )
    assert scaler.activation is None
    assert left_out == ("concurrentRequestsPerReplica", "orders-waiting")
