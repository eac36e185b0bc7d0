"""The simulator decides what the controller of Kubernetes decides, look by look.

Scenarios come from a seed and run at once, each in a namespace of its own. The simulator is given what the controller
saw and remembers what it decided itself, so each look must give the same count.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from simulator.hpa.decision import decide
from simulator.hpa.memory import Memory
from simulator.hpa.settings import Controller, settings_of
from tests.hpa.control_plane import (
    CALM_SECONDS,
    INITIALIZATION_SECONDS,
    READINESS_SECONDS,
    SYNC_SECONDS,
    control_plane,
)
from tests.hpa.metrics import answering
from tests.hpa.scenarios import FAMILIES, Scenario, scenario
from tests.hpa.stage import Stage

CONTROLLER = Controller(
    sync_seconds=SYNC_SECONDS,
    downscale_stabilization_seconds=CALM_SECONDS,
    cpu_initialization_seconds=INITIALIZATION_SECONDS,
    initial_readiness_seconds=READINESS_SECONDS,
)


def played(folder: Path, scenarios: list[Scenario]) -> list[Stage]:
    """Return the scenarios after the real controller has looked at each as often as it says."""
    stages: dict[str, Stage] = {}
    with (
        answering(folder, lambda namespace, rest, _: stages[namespace].answer(rest)) as port,
        control_plane(folder, port) as api,
        ThreadPoolExecutor(8) as workers,
    ):
        stages.update((one.name, Stage(api, one)) for one in scenarios)
        list(workers.map(Stage.begin, stages.values()))
        for stage in stages.values():
            assert stage.done.wait(SYNC_SECONDS * (len(stage.scenario.factors) + 30)), stage.namespace
        for stage in stages.values():
            stage.stop()
    return list(stages.values())


def differences(stage: Stage) -> list[str]:
    """Return the looks at which the simulator and the controller set another count."""
    settings = settings_of({"spec": stage.scenario.spec})
    memory = Memory()
    found = []
    for number, look in enumerate(stage.looks[: len(stage.scenario.factors)]):
        decision = decide(settings, CONTROLLER, memory, look.seen)
        memory = decision.memory
        if decision.replicas != look.after:
            found.append(
                f"{stage.namespace}, look {number}: {look.seen.spec_replicas} → {look.after} really, "
                f"{decision.replicas} simulated, of {look.seen} with {stage.scenario.spec}"
            )
    return found


def compare(folder: Path, each: int, looks: int) -> None:
    stages = played(folder, [scenario(family, seed, looks) for family in FAMILIES for seed in range(each)])
    assert [stage.failure for stage in stages if stage.failure] == []
    assert "\n".join(one for stage in stages for one in differences(stage)) == ""
    moved: Counter[str] = Counter()
    for stage in stages:
        moved[stage.scenario.family] += sum(look.after != look.seen.spec_replicas for look in stage.looks)
    print(f"{len(stages)} scenarios, {sum(len(stage.looks) for stage in stages)} looks, the count moved: {dict(moved)}")
    # A scenario in which nothing happens proves nothing.
    assert all(moved[family] >= each for family in FAMILIES)


@pytest.mark.sandbox
def test_the_simulator_decides_as_the_controller(tmp_path: Path) -> None:
    compare(tmp_path, each=3, looks=8)


@pytest.mark.prove
def test_the_simulator_decides_as_the_controller_in_many_scenarios(tmp_path: Path) -> None:
    compare(tmp_path, each=12, looks=25)
