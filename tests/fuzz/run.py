"""Fuzzing for a time: `python -m tests.fuzz.run SECONDS [SEED]` prints what it did, and keeps what it found."""

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.case import Case, fault
from tests.fuzz.mutate import mutated, seeds

KEPT = Path(__file__).parent / "kept"
MEMORY = 4 << 30
"""Bytes of address space; a case that needs more fails with a MemoryError."""


def fuzz(seconds: float, seed: int, found: Path, *, enough: int | None = None) -> tuple[int, dict[str, Path]]:
    """Try mutated cases for a time, or until enough faults are known; return how many, and the first case of each fault.

    The case that is being tried always stands in `found/now`, so that one which ends the process is known.
    """
    rng = random.Random(seed)  # noqa: S311 - no secret hangs on it
    known = [*seeds(), *(Case.at(path.parent) for path in sorted(KEPT.glob("*/application.yaml")))]
    faults: dict[str, Path] = {}
    end = time.monotonic() + seconds
    tried = 0
    with tempfile.TemporaryDirectory() as scratch:
        while time.monotonic() < end and len(faults) != enough:
            case = mutated(rng.choice(known), known, rng)
            case.keep(found / "now")
            what = fault(case, Path(scratch))
            tried += 1
            name = _kind(what)
            if what and name not in faults:
                small = _smallest(case, name, Path(scratch))
                faults[name] = found / f"{seed}-{tried}"
                small.keep(faults[name])
                (faults[name] / "fault.txt").write_text(f"{what}\n")
                print(f"{faults[name]}: {what}", flush=True)
    return tried, faults


def _kind(what: str) -> str:
    """Return what two cases of the same mistake have in common."""
    return what.partition(": ")[0]


def _smallest(case: Case, kind: str, scratch: Path) -> Case:
    """Return a case with fewer lines that has the same fault."""
    tried = 0
    smaller = True
    while smaller and tried < 300 and kind != "hangs":
        smaller = False
        for one in case.smaller():
            tried += 1
            if _kind(fault(one, scratch)) == kind:
                case, smaller = one, True
                break
    return case


def main() -> None:
    """Fuzz for as long as the command line says."""
    seconds = float(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    found = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(tempfile.mkdtemp(prefix="stackwright-fuzz-"))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    tried, faults = fuzz(seconds, seed, found)
    print(f"{tried} cases in {seconds:.0f} s, seed {seed}: {len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
