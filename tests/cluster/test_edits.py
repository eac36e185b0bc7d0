"""Edits of running applications: the law of edit safety, and previews that tell the truth and change nothing."""

import collections
import copy
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.proxy import Proxy
from tests.edits.fleet import Fleet, Outcome, Single, live
from tests.edits.generate import QUICK, Chance, edited, first, moved
from tests.edits.law import Key, Operation, broken
from tests.edits.recorded import Registration, doubled, plan, registrations
from tests.edits.shrink import KEPT, breaks_the_law, keep, shrunk
from tests.edits.volumes import provide_volumes

SEED = 7
FLEET = 40
EDITS = 3
"""Edits in a sequence, after the application has come."""
SEQUENCES = 2000
REAL_SECONDS = 60 * int(os.environ.get("REAL_MINUTES", "40"))
PAIRS = sorted(KEPT.glob("*.yaml"))


def whole(outcome: Outcome) -> None:
    """Hold an outcome against the law. Its preview asked what would happen, and changed nothing."""
    assert outcome.problems == {}
    assert outcome.mutating == []
    assert outcome.dry_runs > 0


@pytest.mark.sandbox
def test_kept_and_generated_edits_keep_the_law(tmp_path: Path, proxy: Proxy, request: pytest.FixtureRequest) -> None:
    """Ten kept pairs, a service that moves to another application, and generated edits, all in two runs."""
    fleet = Fleet(tmp_path / "fleet", "edits", proxy.kubeconfig)
    pairs: dict[str, dict[str, Any]] = {f"k{number}": read(file) for number, file in enumerate(PAIRS)}
    chances = {f"g{number}": Chance(SEED + number) for number in range(6)}
    specs = {name: first(chance) for name, chance in chances.items()}
    stays, moves = ({"image": "example.test/s:1", "port": 8080, "replicas": 1, **QUICK} for _ in range(2))
    apart = {"here": {"services": {"a": stays, "b": moves}}, "there": {"services": {"a": stays}}}
    together = {"here": {"services": {"a": stays}}, "there": {"services": {"a": stays, "b": moves}}}
    provide_volumes(40, fleet.environment)
    whole(fleet.edit({**{name: pair["before"] for name, pair in pairs.items()}, **specs, **apart}, proxy))
    specs = {name: edited(spec, chances[name])[1] for name, spec in specs.items()}
    after = {**{name: pair["after"] for name, pair in pairs.items()}, **specs, **together}
    outcome = fleet.edit(after, proxy, "rotated")
    whole(outcome)
    for number, (name, pair) in enumerate(pairs.items()):
        done = [f"{one.op} {kind_and_name(one)}" for one in outcome.done if f"::{name}-" in one.urn]
        pair["operations"], expected = sorted(done), sorted(pair["operations"])
        if request.config.getoption("--write-expected"):
            PAIRS[number].write_text(yaml.safe_dump(pair, sort_keys=False))
        else:
            assert pair["operations"] == expected, PAIRS[number].stem
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
                tally.asked += len(outcome.while_previewing)
                tally.dry_runs += outcome.dry_runs
                tally.mutating += len(outcome.mutating)
                tally.operations.update(one.op for one in outcome.done)
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
                found = (before.get(name, {}), specs[name]) if name else None
                pair = shrunk(found, lambda pair: breaks_the_law(tmp_path, proxy, pair)) if found else None
                told = keep(f"found-{SEED}-{name}", pair) if pair else ""
                pytest.fail(f"{problems}\nafter {tally}; the smallest pair is kept:\n{told}")
        tally.sequences += FLEET
        print(f"\r{tally.sequences} sequences, {tally.operations.total()} operations", end="", flush=True)
    fleet.destroy()
    print(f"\nseed {SEED}, {FLEET} applications at once, {EDITS} edits a sequence\n{tally.table()}")
    assert tally.mutating == 0
    assert tally.dry_runs > 0


@dataclass
class Tally:
    """What was tried."""

    sequences: int = 0
    real: int = 0
    """How many of them with the real engine; the engine that only plans was compared in all of these."""
    steps: int = 0
    compared: int = 0
    operations: collections.Counter[str] = field(default_factory=collections.Counter)
    """What the real engine did, and had said before that it would do."""
    asked: int = 0
    """Calls that reached the API server while the real engine was previewing."""
    dry_runs: int = 0
    mutating: int = 0
    """How many of them could have changed something."""
    edits: collections.Counter[str] = field(default_factory=collections.Counter)

    def table(self) -> str:
        """Return what was tried, for a person."""
        rows = [
            ("sequences", self.sequences),
            ("of them with the real engine", self.real or self.sequences),
            ("runs that the engine that only plans foresaw", self.compared or self.steps),
            *((f"operations done as previewed: {op}", count) for op, count in sorted(self.operations.items())),
            ("calls during previews", self.asked),
            ("of them server-side dry runs", self.dry_runs),
            ("of them mutating", self.mutating),
            *((f"edit {name}", count) for name, count in sorted(self.edits.items())),
        ]
        return "\n".join(f"{name:48}{count:>8}" for name, count in rows)


def sequences(tally: Tally) -> Iterator[dict[str, dict[str, Any]]]:
    """Yield the specs of a fleet: first as they come, then after each edit."""
    chances = {
        f"e{tally.sequences + number}": Chance(SEED * 100_000 + tally.sequences + number) for number in range(FLEET)
    }
    specs = {name: first(chance) for name, chance in chances.items()}
    yield specs
    for _ in range(EDITS):
        specs = copy.deepcopy(specs)
        names = iter(chances.items())
        for (name, chance), (other, others) in zip(names, names, strict=True):
            if chance.often(_MOVES) and (both := moved(specs[name], specs[other], chance)):
                specs[name], specs[other] = both
                tally.edits["move_service"] += 1
                continue
            for one, its in ((name, chance), (other, others)):
                edit, specs[one] = edited(specs[one], its)
                tally.edits[edit] += 1
        yield specs


_MOVES = 0.1
"""How often a service moves to another application, instead of an edit of both."""


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


@pytest.mark.sandbox
@pytest.mark.parametrize("kind", ["stateful", "service"])
def test_what_kubernetes_forbids_is_refused_by_the_preview(single: Callable[..., Single], kind: str) -> None:
    """The claims of a stateful service, and the storage class of any claim, can't be changed, nor made anew unseen."""
    project = single(f"forbidden-{kind}")
    claim = {"storage": "1Mi", "storageClass": "simulated"}
    service = {"type": kind, "image": "example.test/s:1", "port": 8080, "replicas": 1, **copy.deepcopy(QUICK)}
    service |= {"volumes": {"data": {"mountPath": "/data", "claim": claim}}}
    if kind == "service":
        service["rollout"]["strategy"] = "recreate"
    spec = {"services": {"web": service}}
    provide_volumes(5, project.environment)
    project.write({project.application: spec})
    project.must("up", "--yes", "--skip-preview")
    before = live(project.environment, "-n", f"{project.application}-dev")
    claim["storageClass"] = "another"
    project.write({project.application: spec})
    done = project.run("preview")
    assert done.returncode != 0, done.stdout
    assert "forbidden" in done.stdout
    assert f"{project.application}-web-" in done.stdout
    after = live(project.environment, "-n", f"{project.application}-dev")
    uids = [{key: one["metadata"]["uid"] for key, one in found.items()} for found in (before, after)]
    assert uids[0] == uids[1]
