"""What becomes of an autoscaler where the platform lacks what it needs, and lets that be omitted."""

from typing import Any

import pytest

from tests.conftest import Files

REQUESTS = {"requestsPerSecondPerReplica": 50}
WINDOW = {"days": ["fri"], "from": "16:00", "to": "23:00", "timeZone": "Europe/Berlin", "min": 6}


@pytest.mark.parametrize(
    ("scaling", "left"),
    [
        (
            {"min": 2, "max": 5, "targets": {"cpuPercent": 50, **REQUESTS}},
            {"min": 2, "max": 5, "targets": ["cpuPercent"]},
        ),
        (
            {"min": 0, "max": 5, "targets": {"cpuPercent": 50, **REQUESTS}},
            {"min": 1, "max": 5, "targets": ["cpuPercent"]},
        ),
        ({"min": 3, "max": 5, "targets": REQUESTS, "fallbackReplicas": 4}, 3),
        ({"min": 0, "max": 5, "targets": {"metrics": {"waiting": {"perReplica": 3}}}}, 1),
        (
            {
                "min": 1,
                "max": 5,
                "targets": {"cpuPercent": 50, **REQUESTS},
                "fallbackReplicas": 4,
                "schedules": {"a": WINDOW},
            },
            {"min": 1, "max": 5, "targets": ["cpuPercent"]},
        ),
    ],
    ids=["cpu is left", "a pod is left", "fewest replicas", "one replica", "no fallback and no window"],
)
def test_what_is_left_works(files: Files, scaling: dict[str, Any], left: Any) -> None:
    files.services["web"] |= {"scaling": scaling, "resources": {"requests": {"cpu": "100m"}}}
    files.platform["environments"]["dev"]["whenMissing"] = "omit"
    spec = files.resolve()
    assert {problem.severity for problem in spec.warnings} == {"warning"}
    service = spec.application.services["web"]
    if isinstance(left, int):
        assert (service.scaling, service.replicas) == (None, left)
        return
    assert service.scaling is not None
    assert (service.scaling.min, service.scaling.max) == (left["min"], left["max"])
    assert service.scaling.targets.cpu_percent == 50
    assert not service.scaling.needs_keda
    assert not service.scaling.needs_prometheus
    assert service.scaling.fallback_replicas is None


def test_what_an_adapter_cannot_do_is_left_out_and_the_rest_stays(files: Files) -> None:
    metrics = {
        "waiting": {"perReplica": 3, "where": {"queue": ""}},
        "odd": {"perReplica": 3, "where": {"queue": "orders/new"}},
        "long": {"perReplica": 3, "where": {"queue": "x" * 64}},
    }
    scaling = {"min": 0, "max": 5, "targets": {**REQUESTS, "metrics": metrics}, "fallbackReplicas": 4}
    files.services["web"]["scaling"] = {**scaling, "schedules": {"a": WINDOW}}
    files.platform["environments"]["dev"] |= {
        "installed": {"prometheus-adapter": True, "prometheus-operator": True},
        "mesh": {"kind": "istio-sidecar"},
        "monitoring": {"labels": {}},
        "metrics": {name: {"series": "queue_length"} for name in metrics},
        "whenMissing": "omit",
    }
    spec = files.resolve()
    assert [f"{one.code} {one.origin.path[-1]}" for one in spec.warnings if one.code in ("SW3201", "SW5815")] == [
        "SW3201 min",
        "SW5815 where",
        "SW5815 where",
        "SW3201 fallbackReplicas",
        "SW3201 schedules",
    ]
    left = spec.application.services["web"].scaling
    assert left is not None
    assert (left.min, left.max, left.fallback_replicas, left.schedules) == (1, 5, None, {})
    assert left.targets.requests_per_second_per_replica == 50
    assert list(left.targets.metrics) == ["waiting"]


def test_a_plan_is_left_out_where_nobody_scales_by_it(files: Files) -> None:
    scaling = {"min": 2, "max": 5, "targets": {"cpuPercent": 50}, "plan": "plans/none.yaml"}
    files.services["web"] |= {"scaling": scaling, "resources": {"requests": {"cpu": "100m"}}}
    files.platform["environments"]["dev"]["whenMissing"] = "omit"
    spec = files.resolve()
    assert [(one.code, one.severity) for one in spec.warnings] == [("SW3201", "warning")]
    assert spec.application.plans == {}
    (service,) = spec.application.services.values()
    assert service.scaling is not None
    assert service.scaling.plan is None
