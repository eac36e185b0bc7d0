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

FLOOR_OF_ALL = [27 if 40 <= slot < 44 else 3 + 3 * (slot % 6) for slot in range(DAY)] * 7
"""One window above 18, and too many below; three tenths of it are one above 6, and too many above 1."""


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
    (files.folder / "web.yaml").write_text(written(plan(FLOOR_OF_ALL, environment="dev")))
    return files


def scaling(least: int, **more: Any) -> dict[str, Any]:
    return {"scaling": {"min": least, "max": 30, "targets": {"cpuPercent": 70}, **more}}


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
        (scaling(18, plan="web.yaml"), scaling(1), {"web-next"}),
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
    spec = files.resolve()
    whole, share = (spec.application.plans[name].floor for name in ("web", "web-next"))
    assert list(whole) == FLOOR_OF_ALL
    assert list(share) == [-(-3 * count // 10) for count in FLOOR_OF_ALL]
    assert [one["threshold"] for one in asked(offline_objects(spec)).values()] == ["1", "1"]


def test_a_version_without_calls_has_no_floor(files: Files) -> None:
    files.services["web"] |= scaling(1, plan="web.yaml") | {"traffic": {"split": {"main": 100, "next": 0}}}
    assert set(files.resolve().application.plans) == {"web"}


def test_a_version_is_held_to_its_share(files: Files) -> None:
    files.services["web"] |= scaling(1, plan="web.yaml")
    files.services["web"]["versions"]["next"] |= {"scaling": {"max": 8}}
    (told,) = (one for one in files.resolve().warnings if one.code == "SW9203")
    said = "27 replicas are planned here, 9 of them for this version, and `scaling.max` is 8: "
    assert told.message == f"{said}so many are there, and no more."


def test_what_a_version_has_from_its_service_is_no_mistake_of_its_own(files: Files) -> None:
    window = {"days": ["mon"], "from": "16:00", "to": "20:00", "timeZone": "UTC", "min": 9}
    files.services["web"] |= scaling(1, plan="web.yaml", fallbackReplicas=4, schedules={"evenings": window})
    files.services["web"]["versions"]["next"] |= {"scaling": {"min": 20}}
    assert files.problems() == ["SW4411 spec.services.web.scaling.targets.cpuPercent"]
    own = {"fallbackReplicas": 5, "schedules": {"evenings": {**window, "min": 8}}}
    files.services["web"]["versions"]["next"]["scaling"] |= own
    assert {one.partition(" ")[0] for one in files.problems()} == {"SW4411", "SW5805", "SW5823"}
