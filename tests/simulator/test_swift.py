"""The quick replay decides what the step-by-step one decides."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulator.hpa.settings import Behavior, Controller, Metric, Policy, Rules, Settings
from simulator.replay import replay, swift
from simulator.replay.demand import Demand, Steps
from simulator.replay.scaler import Floor, Requests, Scaler, signals, stage
from simulator.replay.workload import Workload, ready_counts

policies = st.builds(
    Policy,
    type=st.sampled_from(["Pods", "Percent"]),
    value=st.integers(1, 120),
    period_seconds=st.sampled_from([7, 15, 45, 60, 200]),
)


def rules(**choices: Any) -> st.SearchStrategy[Rules]:
    return st.builds(
        Rules,
        stabilization_seconds=st.sampled_from([0, 5, 15, 40, 300]),
        select=st.sampled_from(["Max", "Min", "Disabled"]),
        policies=st.lists(policies, min_size=1, max_size=2).map(tuple),
        tolerance=st.sampled_from([None, 0.0, 0.05, 0.3]),
        **choices,
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Scaler, Demand, Workload]:
    least = draw(st.integers(1, 4))
    metrics = [Metric(source="External", name="rps", target="AverageValue", value=draw(st.integers(500, 40_000)))]
    demand = Demand(0.0, 60, draw(st.lists(st.floats(0, 500), min_size=1, max_size=20)))
    found: list[Requests | Floor] = [Requests()]
    if draw(st.booleans()):
        metrics.append(Metric(source="External", name="floor", target="AverageValue", value=1000))
        times = sorted(draw(st.lists(st.integers(-60, 1200), max_size=5, unique=True)))
        found.append(Floor(Steps(times, [draw(st.integers(0, 30)) for _ in times])))
    settings = Settings(
        min=least,
        max=least + draw(st.integers(0, 40)),
        metrics=tuple(metrics),
        behavior=Behavior(up=draw(rules()), down=draw(rules())),
    )
    controller = Controller(sync_seconds=draw(st.sampled_from([5.0, 15.0, 30.0])))
    workload = Workload(
        capacity=draw(st.floats(1, 50)), start_seconds=draw(st.sampled_from([0.0, 10.0, 15.0, 60.0, 100.0]))
    )
    return Scaler(settings=settings, signals=tuple(found), controller=controller), demand, workload


@given(cases())
def test_both_forms_of_the_replay_agree(case: tuple[Scaler, Demand, Workload]) -> None:
    scaler, demand, workload = case
    seen = signals(scaler, stage(demand, workload, scaler.controller.sync_seconds))
    first = replay.first_count(scaler, seen, workload)
    assert swift.is_swift(scaler.settings)
    quick = replay.replayed(scaler, demand, workload)
    counts, ready = replay.step_by_step(scaler, seen, workload, first)
    assert list(quick.replicas) == counts
    assert list(quick.ready) == ready


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(0, 9), st.integers(0, 5))
def test_those_are_ready_that_were_there_while_a_pod_starts(counts: list[int], before: int, steps: int) -> None:
    padded = [before] * (steps + 1) + counts
    expected = [min(padded[place + 1 : place + steps + 2]) for place in range(len(counts))]
    assert ready_counts(counts, before, steps) == expected
