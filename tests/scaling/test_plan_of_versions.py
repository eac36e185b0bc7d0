"""The floor of a service's versions: whatever an autoscaler asks Prometheus for, a rule records."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.manifests.monitoring.plan import FLOOR
from components.manifests.objects import Manifest
from components.manifests.offline import offline_objects
from schemas.plan.text import written
from schemas.plan.week import DAY
from tests.conftest import Files
from tests.schemas.plan.plans import plan

COARSE_ABOVE_6 = [9 if 40 <= slot < 44 else 1 + slot % 6 for slot in range(DAY)] * 7
"""One window above 6, and too many above 1."""


@pytest.fixture
def files(files: Files) -> Files:
    files.services["web"] |= {
        "versions": {"next": {"image": "example.test/web:2"}},
        "traffic": {"split": {"main": 70, "next": 30}},
    }
    files.platform["environments"]["dev"] |= {
        "mesh": {"kind": "istio-sidecar"},
        "monitoring": {"labels": {}, "address": "http://prometheus.monitoring:9090"},
        "installed": {"keda": True, "prometheus-operator": True},
    }
    (files.folder / "web.yaml").write_text(written(plan(COARSE_ABOVE_6, environment="dev")))
    return files


def scaling(least: int, **more: Any) -> dict[str, Any]:
    return {"scaling": {"min": least, "max": 20, "targets": {"cpuPercent": 70}, **more}}


def asked(objects: list[Manifest]) -> dict[str, Mapping[str, str]]:
    """Return by autoscaler what it asks Prometheus for of a plan."""
    scalers = [one for one in objects if one["kind"] == "ScaledObject"]
    return {
        one["metadata"]["name"]: trigger["metadata"]
        for one in scalers
        for trigger in one["spec"]["triggers"]
        if trigger["name"] == "plan"
    }


def recorded(objects: list[Manifest]) -> dict[str, str]:
    """Return the expression of each floor that a rule records, by what picks it."""
    groups = [group for one in objects if one["kind"] == "PrometheusRule" for group in one["spec"]["groups"]]
    rules = [rule for group in groups for rule in group["rules"] if rule.get("record") == FLOOR]
    return {f'{FLOOR}{{namespace="shop-dev", service="{rule["labels"]["service"]}"}}': rule["expr"] for rule in rules}


@pytest.mark.parametrize(
    ("main", "other", "who"),
    [
        (scaling(6, plan="web.yaml"), scaling(1), {"web-next"}),
        (scaling(1, plan="web.yaml"), scaling(6), {"web"}),
        (scaling(1, plan="web.yaml"), {}, {"web", "web-next"}),
        (scaling(1), scaling(1, plan="web.yaml"), {"web-next"}),
    ],
)
def test_each_floor_that_is_asked_for_is_recorded(
    files: Files, main: dict[str, Any], other: dict[str, Any], who: set[str]
) -> None:
    files.services["web"] |= main
    files.services["web"]["versions"]["next"] |= other
    objects = offline_objects(files.resolve())
    assert set(asked(objects)) == who
    assert {one["query"] for one in asked(objects).values()} == set(recorded(objects))


def test_a_version_has_its_share_of_whole_pods(files: Files) -> None:
    files.services["web"] |= scaling(1, plan="web.yaml")
    objects = offline_objects(files.resolve())
    whole, share = recorded(objects).values()
    assert share == f"ceil({whole} * 30 / 100)"
    assert [one["threshold"] for one in asked(objects).values()] == ["1", "1"]
