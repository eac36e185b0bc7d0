"""A plan beside what else an autoscaler is told: what is allowed does not hang on a plan that will have expired."""

from typing import Any

import pytest

from schemas.plan.text import written
from schemas.plan.week import DAY, WEEK
from schemas.plan.windows import MOST_WINDOWS, windows
from schemas.problems import SpecError
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


def test_windows_of_schedules_count_beside_those_of_a_plan(files: Files) -> None:
    del files.platform["environments"]["dev"]["installed"]["prometheus-operator"]
    # Twenty runs a day are forty windows, twenty for each of two months.
    fine = plan([1 + (slot % 2 if slot < 40 else 0) for slot in range(DAY)] * 7, environment="dev")
    assert len(windows(fine, 1)) == MOST_WINDOWS
    (files.folder / "web.yaml").write_text(written(fine))
    files.services["web"] |= scaling(min=1, targets={"cpuPercent": 70})
    assert files.problems() == []
    window = {"days": ["mon"], "from": "16:00", "to": "20:00", "timeZone": "UTC", "min": 9}
    files.services["web"] |= scaling(min=1, targets={"cpuPercent": 70}, schedules={"evenings": window})
    with pytest.raises(SpecError) as raised:
        files.resolve()
    assert [(one.code, one.message) for one in raised.value.problems] == [
        (
            "SW9209",
            "the plan and the schedules are 41 windows, an autoscaler can ask for 40 of them in time, and `dev` has no "
            "`prometheus-operator` that would read it as a rule.",
        )
    ]


def test_a_plan_is_not_what_wakes_a_service_for_it_expires(files: Files) -> None:
    files.services["web"] |= scaling(min=0, targets={"cpuPercent": 70})
    assert files.problems() == ["SW5801 spec.services.web.scaling.min"]
    window = {"days": ["mon"], "from": "16:00", "to": "20:00", "timeZone": "UTC", "min": 9}
    for more in ({"schedules": {"evenings": window}}, {"targets": {"requestsPerSecondPerReplica": 50}}):
        files.services["web"] |= scaling(min=0, **{"targets": {"cpuPercent": 70}, **more})
        assert files.problems() == []
