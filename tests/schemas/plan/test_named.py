"""A plan beside what else an autoscaler is told: what is allowed does not hang on a plan that will have expired."""

from typing import Any

import pytest

from schemas.plan.text import written
from schemas.plan.week import WEEK
from tests.conftest import Files
from tests.schemas.plan.plans import plan


@pytest.fixture
def files(files: Files) -> Files:
    files.services["web"]["resources"] = {"requests": {"cpu": "100m", "memory": "64Mi"}}
    files.platform["environments"]["dev"] |= {
        "mesh": {"kind": "istio-sidecar"},
        "monitoring": {"labels": {}, "address": "http://prometheus.monitoring:9090"},
        "installed": {"keda": True, "prometheus-operator": True},
    }
    (files.folder / "web.yaml").write_text(written(plan([3] * WEEK, environment="dev")))
    return files


def scaling(**facts: Any) -> dict[str, Any]:
    return {"scaling": {"max": 20, "plan": "web.yaml", **facts}}


def test_a_plan_is_not_what_wakes_a_service_for_it_expires(files: Files) -> None:
    files.services["web"] |= scaling(min=0, targets={"cpuPercent": 70})
    assert files.problems() == ["SW5801 spec.services.web.scaling.min"]
    window = {"days": ["mon"], "from": "16:00", "to": "20:00", "timeZone": "UTC", "min": 9}
    for more in ({"schedules": {"evenings": window}}, {"targets": {"requestsPerSecondPerReplica": 50}}):
        files.services["web"] |= scaling(min=0, **{"targets": {"cpuPercent": 70}, **more})
        assert files.problems() == []
