"""One look of the controller; that these are the real controller's decisions, `tests/hpa` shows on the real one."""

from typing import Any

import pytest

from simulator.hpa.decision import Decision, decide
from simulator.hpa.memory import Memory, Moment
from simulator.hpa.pods import Pod, PodMetric
from simulator.hpa.proposal import Observation, Reading
from simulator.hpa.settings import Controller, Metric, Settings, settings_of

CONTROLLER = Controller()
REQUESTS = {"app": {"cpu": 100}}


def pods(count: int, **changes: Any) -> list[Pod]:
    return [Pod(name=f"p{number}", requests=REQUESTS, **changes) for number in range(count)]


def used(*millis: int) -> dict[str, PodMetric]:
    return {f"p{number}": PodMetric(value=value, timestamp=970.0) for number, value in enumerate(millis)}


def manifest(behavior: dict[str, Any] | None = None, metrics: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}
    spec: dict[str, Any] = {"minReplicas": 2, "maxReplicas": 20, "metrics": metrics or [cpu]}
    return {"spec": spec if behavior is None else {**spec, "behavior": behavior}}


def look(
    settings: Settings, *readings: Reading, running: list[Pod], memory: Memory | None = None, now: float = 1000.0
) -> Decision:
    seen = Observation(
        now=now, spec_replicas=len(running), status_replicas=len(running), pods=running, readings=list(readings)
    )
    return decide(settings, CONTROLLER, memory or Memory(), seen)


CALM: dict[str, Any] = {"scaleDown": {"stabilizationWindowSeconds": 0}}


@pytest.mark.parametrize(
    ("readings", "running", "expected"),
    [
        (used(100, 100), pods(2), 4),  # twice the target: twice the pods
        (used(55, 54), pods(2), 2),  # 8 % above the target is near enough
        (used(100, 100), [*pods(2), Pod(name="p9", phase="Pending", ready=None, requests=REQUESTS)], 4),
        # A pod that starts is taken to use nothing when the others ask for more: 66 % of 50 %, of three.
        (used(10, 10, 10, 10), pods(5), 3),  # the silent one is taken to use all it requests: 28 % of 50 %, of five
        (used(100), pods(3), 3),  # two silent ones are taken to use nothing, and the count would turn round
        (used(20, 20, 20, 20), [*pods(3), Pod(name="p3", deleted=True, requests=REQUESTS)], 2),
        ({}, pods(3), 3),  # nothing is known, nothing is done
        (used(100, 100), [Pod(name="p0", requests={"app": {}}), Pod(name="p1", requests=REQUESTS)], 2),
    ],
)  # fmt: skip
def test_a_share_of_requests(readings: Reading, running: list[Pod], expected: int) -> None:
    memory = Memory(recommendations=(Moment(2, 0.0),))
    assert look(settings_of(manifest(CALM)), readings, running=running, memory=memory).replicas == expected


def test_cpu_of_a_young_pod_counts_after_a_whole_window_of_readiness() -> None:
    settings = settings_of(manifest(CALM))
    young = Pod(name="p1", started=900.0, ready_since=920.0, requests=REQUESTS)
    old = pods(1)[0]
    # Its sample ended at 970, ten seconds before a minute of readiness was over; then it counts as nothing.
    assert look(settings, used(60, 500), running=[old, young]).replicas == 2
    grown = Pod(name="p1", started=900.0, ready_since=905.0, requests=REQUESTS)
    assert look(settings, used(60, 500), running=[old, grown]).replicas == 6  # 12 are asked for, and 4 may come


def external(target: dict[str, str]) -> list[dict[str, Any]]:
    return [{"type": "External", "external": {"metric": {"name": "rps"}, "target": target}}]


@pytest.mark.parametrize(
    ("target", "reading", "expected"),
    [
        ({"type": "AverageValue", "averageValue": "35"}, [120_000], 4),
        ({"type": "AverageValue", "averageValue": "35"}, [115_000], 3),  # 9.5 % above 3 times 35 is near enough
        ({"type": "AverageValue", "averageValue": "35"}, [60_000, 60_000], 4),  # series are added
        ({"type": "Value", "value": "10"}, [20_000], 6),
        ({"type": "Value", "value": "10"}, None, 3),
        ({"type": "AverageValue", "averageValue": "1500m"}, [7_400], 5),
    ],
)
def test_an_external_metric(target: dict[str, str], reading: Reading, expected: int) -> None:
    assert look(settings_of(manifest({}, external(target))), reading, running=pods(3)).replicas == expected


def test_the_most_of_several_metrics_counts_and_a_missing_one_keeps_the_count_from_falling() -> None:
    both = [*external({"type": "AverageValue", "averageValue": "10"}), *external({"type": "Value", "value": "10"})]
    settings = settings_of(manifest(CALM, both))
    past = Memory(recommendations=(Moment(2, 0.0),))
    assert look(settings, [80_000], [20_000], running=pods(5), memory=past).replicas == 10
    assert look(settings, [20_000], [1_000], running=pods(5), memory=past).replicas == 2
    assert look(settings, [20_000], None, running=pods(5), memory=past).replicas == 5
    assert look(settings, [90_000], None, running=pods(5), memory=past).replicas == 9
    assert look(settings, None, None, running=pods(5), memory=past).replicas == 5


def test_bounds_come_before_metrics() -> None:
    settings = settings_of(manifest({}))
    assert look(settings, None, running=pods(1)).replicas == 2
    assert look(settings, None, running=pods(25)).replicas == 20
    assert look(settings, used(), running=[]).replicas == 0


def test_scaling_down_waits_for_the_highest_recommendation_to_grow_old() -> None:
    settings = settings_of(manifest({"scaleDown": {"stabilizationWindowSeconds": 60}}))
    memory = Memory(recommendations=(Moment(8, 935.0), Moment(6, 950.0)))
    first = look(settings, used(*[10] * 8), running=pods(8), memory=memory)
    assert first.replicas == 6
    later = look(settings, used(*[10] * 6), running=pods(6), memory=first.memory, now=1015.0)
    assert later.replicas == 2


def test_policies_bound_what_a_period_adds() -> None:
    up = {
        "policies": [
            {"type": "Pods", "value": 1, "periodSeconds": 60},
            {"type": "Percent", "value": 50, "periodSeconds": 60},
        ]
    }
    settings = settings_of(manifest({"scaleUp": up}))
    first = look(settings, used(500, 500), running=pods(2))
    assert first.replicas == 3
    again = look(settings, used(500, 500, 500), running=pods(3), memory=first.memory, now=1015.0)
    assert again.replicas == 3
    assert look(settings, used(500, 500, 500), running=pods(3), memory=first.memory, now=1060.0).replicas == 5
    fewest = settings_of(manifest({"scaleUp": {**up, "selectPolicy": "Min"}}))
    assert look(fewest, used(*[500] * 4), running=pods(4)).replicas == 5
    never = settings_of(manifest({"scaleUp": {"selectPolicy": "Disabled"}}))
    assert look(never, used(500, 500), running=pods(2)).replicas == 2


def test_without_a_behavior_the_count_doubles_at_most() -> None:
    settings = settings_of(manifest())
    assert settings.behavior is None
    assert look(settings, used(500, 500), running=pods(2)).replicas == 4
    assert look(settings, used(*[500] * 3), running=pods(3)).replicas == 6


def test_the_defaults_are_the_api_servers() -> None:
    settings = settings_of({"spec": {"maxReplicas": 5, "behavior": {"scaleDown": {"tolerance": "0.05"}}}})
    assert (settings.min, settings.metrics) == (
        1,
        (Metric(source="Resource", name="cpu", target="Utilization", value=80),),
    )
    assert settings.behavior is not None
    assert [policy.value for policy in settings.behavior.up.policies] == [4, 100]
    assert (settings.behavior.down.stabilization_seconds, settings.behavior.down.tolerance) == (None, 0.05)
