"""Cases that once were treated wrongly, and looking for more."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from schemas import resolve
from tests.conftest import ROOT
from tests.fuzz.case import CANARY, Case, fault
from tests.fuzz.mutate import mutated, seeds
from tests.fuzz.run import KEPT, fuzz

pytestmark = pytest.mark.no_cover
NAMES = sorted(path.parent.name for path in KEPT.glob("*/application.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_what_was_found_once_is_mended(name: str, tmp_path: Path) -> None:
    assert fault(Case.at(KEPT / name), tmp_path) == ""


def test_every_seed_is_treated_well(tmp_path: Path) -> None:
    known = list(dict.fromkeys(seeds()))
    assert sum(CANARY.encode() in case.application for case in known) >= 5
    assert [fault(case, tmp_path) for case in known[:: len(known) // 20]] == [""] * len(known[:: len(known) // 20])


def test_equal_seeds_give_equal_cases() -> None:
    known = list(dict.fromkeys(seeds()))[:5]

    def cases() -> list[Case]:
        rng = random.Random(3)  # noqa: S311 - no secret hangs on it
        return [mutated(case, known, rng) for case in known for _ in range(20)]

    first, second = cases(), cases()
    assert first == second
    assert len(set(first)) > 50


def test_a_fault_is_found_made_small_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash in one environment's rules is what a fault looks like."""

    def broken(*_: object) -> None:
        raise RecursionError("planted")

    monkeypatch.setattr(resolve.rules, "check", broken)
    tried, faults = fuzz(120, 2, tmp_path, enough=1)
    assert tried > 0
    ((kind, folder),) = faults.items()
    assert kind.startswith("RecursionError")
    kept = Case.at(folder)
    assert fault(kept, tmp_path / "again").startswith("RecursionError")
    assert len(kept.application) < 2000


def test_a_secret_that_is_told_is_a_fault(tmp_path: Path) -> None:
    text = f"apiVersion: stackwright.dev/v1\nkind: {CANARY}\n"
    platform = (ROOT / "tests/cases/platform.yaml").read_bytes()
    assert fault(Case(text.encode(), platform), tmp_path).startswith("tells a secret")


@pytest.mark.prove
@pytest.mark.timeout(0)
def test_no_mutation_crashes_hangs_or_tells_a_secret(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    seconds = 60 * float(request.config.getoption("--fuzz-minutes"))
    seed = random.SystemRandom().randrange(1 << 30)
    print(f"fuzzing for {seconds:.0f} s from seed {seed}; findings are kept in {tmp_path}")
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.run", str(seconds), str(seed + number), str(tmp_path / str(number))],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for number in range(2)
    ]
    said = []
    for run in runs:
        try:
            said.append(run.communicate(timeout=seconds + 300)[0])
        except subprocess.TimeoutExpired:
            run.kill()
            said.append(run.communicate()[0] + "the case in `now` hangs where no alarm reaches it")
    print(*said, sep="\n")
    assert [run.returncode for run in runs] == [0, 0], said
