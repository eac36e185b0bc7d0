"""Edits of running applications: the law of edit safety, and previews that tell the truth and change nothing."""

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.proxy import Proxy
from tests.conftest import ROOT
from tests.edits.fleet import Fleet, Outcome
from tests.edits.generate import QUICK, Chance, edited, first
from tests.edits.law import Key, Operation, broken
from tests.edits.recorded import Registration, doubled, plan, registrations
from tests.edits.shrink import shrunk
from tests.edits.volumes import provide_volumes

SEED = 7
FLEET = 40
EDITS = 3
"""Edits in a sequence, after the application has come."""
SEQUENCES = 2000
REAL_SECONDS = 12 * 60
KEPT = sorted((ROOT / "tests" / "edits" / "kept").glob("*.yaml"))


def whole(outcome: Outcome) -> None:
    """Hold an outcome against the law."""
    assert outcome.problems == {}
    assert outcome.while_previewing == []


@pytest.mark.sandbox
def test_kept_and_generated_edits_keep_the_law(tmp_path: Path, proxy: Proxy, request: pytest.FixtureRequest) -> None:
    """Ten kept pairs, a service that moves to another application, and generated edits, all in two runs."""
    fleet = Fleet(tmp_path / "fleet", "edits", proxy.kubeconfig)
    pairs: dict[str, dict[str, Any]] = {f"k{number}": read(file) for number, file in enumerate(KEPT)}
    chances = {f"g{number}": Chance(SEED + number) for number in range(6)}
    specs = {name: first(chance) for name, chance in chances.items()}
    stays, moves = ({"image": "example.test/s:1", "port": 8080, "replicas": 1, **QUICK} for _ in range(2))
    apart = {"here": {"services": {"a": stays, "b": moves}}, "there": {"services": {"a": stays}}}
    moved = {"here": {"services": {"a": stays}}, "there": {"services": {"a": stays, "b": moves}}}
    provide_volumes(40, fleet.environment)
    whole(fleet.edit({**{name: pair["before"] for name, pair in pairs.items()}, **specs, **apart}, proxy))
    specs = {name: edited(spec, chances[name])[1] for name, spec in specs.items()}
    after = {**{name: pair["after"] for name, pair in pairs.items()}, **specs, **moved}
    outcome = fleet.edit(after, proxy, "rotated")
    whole(outcome)
    for number, (name, pair) in enumerate(pairs.items()):
        done = [f"{one.op} {kind_and_name(one)}" for one in outcome.done if f"::{name}-" in one.urn]
        pair["operations"], expected = sorted(done), sorted(pair["operations"])
        if request.config.getoption("--write-expected"):
            KEPT[number].write_text(yaml.safe_dump(pair, sort_keys=False))
        else:
            assert pair["operations"] == expected, KEPT[number].stem
    fleet.destroy()


def kind_and_name(operation: Operation) -> str:
    """Return what an operation is about, without its application."""
    chain, _, name = operation.urn.rpartition("::")
    return f"{chain.rpartition(':')[2]} {name.partition('-')[2]}"


def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text())
    return found


@pytest.mark.prove
@pytest.mark.timeout(4 * 3600)
def test_thousands_of_edits_keep_the_law(tmp_path: Path, proxy: Proxy) -> None:
    """The real engine for as long as it may take; the rest with the engine that only plans, which every plan of the
    real one has to bear out."""
    fleet = Fleet(tmp_path / "fleet", "thousands", proxy.kubeconfig)
    tally = Tally()
    until = time.monotonic() + REAL_SECONDS
    known: dict[str, Registration] = {}
    while tally.sequences < SEQUENCES:
        real = time.monotonic() < until
        if not real and not tally.real:
            tally.real, tally.compared = tally.sequences, tally.steps
            fleet.edit({}, proxy)
            known = {}
        for step, specs in enumerate(sequences(tally)):
            before = fleet.specs
            planned, deleted, known = foreseen(fleet, known, specs, f"s{step}")
            if real:
                provide_volumes(4 * FLEET, fleet.environment)
                outcome = fleet.edit(specs, proxy, f"s{step}", before=before)
                tally.mutating += len(outcome.while_previewing)
                tally.operations += len(outcome.done)
                problems = outcome.problems
                done = [one for one in map(bare, outcome.done) if "$kubernetes:" in one.urn]
                if not problems and done != planned:
                    odd = sorted(set(done) ^ set(planned), key=str)
                    pytest.fail(f"the engine that only plans foresaw something else: {odd}")
            else:
                problems = {}
                for name in {*before, *specs}:
                    mine = [one for one in deleted if f"{name}-dev" in one[1:]]
                    old = fleet.rendered(name, before[name]) if name in before else []
                    new = fleet.rendered(name, specs[name]) if name in specs else []
                    if found := broken(mine, old, new, planned):
                        problems[name] = found
            tally.steps += 1
            if problems:
                name = next((one for one in problems if one in specs), None)
                pair = shrunk(tmp_path, proxy, before.get(name, {}), specs[name]) if name else None
                pytest.fail(f"{problems}\nafter {tally}; the smallest pair:\n{yaml.safe_dump(pair)}")
        tally.sequences += FLEET
        print(f"\r{tally.sequences} sequences, {tally.operations} operations of the real engine", end="", flush=True)
    fleet.destroy()
    print(f"\nseed {SEED}, {FLEET} applications at once, {EDITS} edits a sequence: {tally}")
    assert tally.mutating == 0


@dataclass
class Tally:
    """What was tried."""

    sequences: int = 0
    real: int = 0
    """How many of them with the real engine; the engine that only plans was compared in all of these."""
    steps: int = 0
    compared: int = 0
    operations: int = 0
    mutating: int = 0
    """Calls that could have changed something, while the real engine was previewing."""
    edits: dict[str, int] = field(default_factory=dict)


def sequences(tally: Tally) -> Iterator[dict[str, dict[str, Any]]]:
    """Yield the specs of a fleet: first as they come, then after each edit."""
    chances = {
        f"e{tally.sequences + number}": Chance(SEED * 100_000 + tally.sequences + number) for number in range(FLEET)
    }
    specs = {name: first(chance) for name, chance in chances.items()}
    yield specs
    for _ in range(EDITS):
        specs = copy.deepcopy(specs)
        for name, chance in chances.items():
            edit, specs[name] = edited(specs[name], chance)
            tally.edits[edit] = tally.edits.get(edit, 0) + 1
        yield specs


def foreseen(
    fleet: Fleet, known: dict[str, Registration], specs: dict[str, dict[str, Any]], marks: str
) -> tuple[list[Operation], list[Key], dict[str, Registration]]:
    """Write the specs and return what the engine that only plans would do, delete and know."""
    fleet.write(specs, marks)
    now = registrations(fleet.folder, fleet.name)
    assert doubled(now.values()) == []
    planned, deleted = plan(known, now)
    return [bare(one) for one in planned], deleted, now


def bare(operation: Operation) -> Operation:
    """Return an operation without the stack and project in its URN."""
    return Operation(operation.urn.split("::", 2)[2], operation.op)
