"""Edits of running applications: the law of edit safety, and previews that tell the truth and change nothing."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.proxy import Proxy
from tests.conftest import ROOT
from tests.edits.fleet import Fleet, Outcome
from tests.edits.generate import Chance, edited, first
from tests.edits.shrink import shrunk
from tests.edits.volumes import provide_volumes

SEED = 7
FLEET = 40
EDITS = 3
"""Edits in a sequence, after the application has come."""
SEQUENCES = 2000
KEPT = sorted((ROOT / "tests" / "edits" / "kept").glob("*.yaml"))


def whole(outcome: Outcome) -> None:
    """Hold an outcome against the law."""
    assert outcome.problems == {}
    assert outcome.while_previewing == []


@pytest.mark.sandbox
def test_kept_and_generated_edits_keep_the_law(tmp_path: Path, proxy: Proxy) -> None:
    fleet = Fleet(tmp_path / "fleet", "edits", proxy.kubeconfig)
    pairs: dict[str, dict[str, Any]] = {f"k{number}": read(file) for number, file in enumerate(KEPT)}
    chances = {f"g{number}": Chance(SEED + number) for number in range(8)}
    specs = {name: first(chance) for name, chance in chances.items()}
    provide_volumes(40, fleet.environment)
    whole(fleet.edit({**{name: pair["before"] for name, pair in pairs.items()}, **specs}, proxy))
    specs = {name: edited(spec, chances[name])[1] for name, spec in specs.items()}
    outcome = fleet.edit({**{name: pair["after"] for name, pair in pairs.items()}, **specs}, proxy, "rotated")
    whole(outcome)
    for name, pair in pairs.items():
        done = {
            f"{one.op} {one.urn.rpartition('::')[2].removeprefix(name)}"
            for one in outcome.done
            if f"::{name}-" in one.urn
        }
        assert sorted(done) == sorted(pair["operations"]), KEPT[int(name[1:])].stem
    fleet.destroy()


def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text())
    return found


@pytest.mark.prove
@pytest.mark.timeout(4 * 3600)
def test_thousands_of_edits_keep_the_law(tmp_path: Path, proxy: Proxy) -> None:
    fleet = Fleet(tmp_path / "fleet", "thousands", proxy.kubeconfig)
    tried: dict[str, int] = {}
    done = sequences = operations = mutating = 0
    while sequences < SEQUENCES:
        chances = {f"e{sequences + number}": Chance(SEED * 100_000 + sequences + number) for number in range(FLEET)}
        specs: Mapping[str, dict[str, Any]] = {name: first(chance) for name, chance in chances.items()}
        for step in range(EDITS + 1):
            provide_volumes(4 * FLEET, fleet.environment)
            outcome = fleet.edit(specs, proxy, f"s{step}")
            mutating += len(outcome.while_previewing)
            operations += len(outcome.done)
            if outcome.problems:
                break
            before = copy.deepcopy(dict(specs))
            if step < EDITS:
                steps = {name: edited(spec, chances[name]) for name, spec in specs.items()}
                for edit, _ in steps.values():
                    tried[edit] = tried.get(edit, 0) + 1
                specs = {name: spec for name, (_, spec) in steps.items()}
                done += len(specs)
        if outcome.problems:
            name = next((one for one in outcome.problems if one in specs), None)
            pair = shrunk(tmp_path, proxy, before.get(name, {}), specs[name]) if name else None
            pytest.fail(f"{outcome.problems}\nafter sequence {sequences}; the smallest pair:\n{yaml.safe_dump(pair)}")
        sequences += FLEET
        print(f"\r{sequences} sequences, {done} edits, {operations} operations", end="", flush=True)
    fleet.edit({}, proxy)
    fleet.destroy()
    print(
        f"\nseed {SEED}: {sequences} sequences of {EDITS} edits on {FLEET} applications at once, {operations} operations"
    )
    print(f"mutating calls while previewing: {mutating}; edits: {dict(sorted(tried.items()))}")
    assert mutating == 0
