"""Figures: what it costs to refuse files that are made to cost much."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conftest import ROOT

MEASURE = """
import sys, time
from pathlib import Path
from schemas.text.load import read

def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

warm, file = map(Path, sys.argv[1:])
read(warm, "application")
before = peak()
start = time.process_time()
problem = read(file, "application").problems[0]
taken = time.process_time() - start
grown = peak() - before
place = f"{problem.origin.line}:{problem.origin.column}"
print(f"{taken * 1000:8.1f} ms {grown / 1024:7.1f} MiB  {problem.code} at {place}")
"""
"""One file in a process of its own, so that the peak of its memory is its own."""


def files(folder: Path) -> dict[str, Path]:
    """Write hostile files; return them by what they are."""
    aliases = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
    )
    texts: dict[str, bytes] = {
        "aliases that explode": aliases.encode(),
        "a million brackets": b"[" * 1_000_000,
        "half a million dashes": b"- " * 500_000,
        "a text of 100 MB": b"a: " + b"x" * 100_000_000,
        "invalid UTF-8 at the end": b"a: " + b"x" * 1_000_000 + b"\xff",
        "a number of a million digits": b"a: " + b"9" * 1_000_000,
        "a quote that is never closed": b'a: "' + b"x\n" * 500_000,
        "a hundred thousand mistakes": b"a: [" + b"no, " * 100_000 + b"]",
        "half a million values": b"[" + b"a," * 500_000 + b"]",
    }
    found = {}
    for number, (name, data) in enumerate(texts.items()):
        found[name] = folder / f"{number}.yaml"
        found[name].write_bytes(data)
    os.mkfifo(folder / "pipe")
    (folder / "device").symlink_to("/dev/zero")
    (folder / "outside").symlink_to("/etc/passwd")
    return {**found, "a pipe": folder / "pipe", "a device": folder / "device", "a link out": folder / "outside"}


def hostile() -> None:
    """Print time and memory above the baseline for each file."""
    print("\nhostile files: CPU time, memory above the baseline, and how each is refused")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "warm.yaml").write_text("a: 1\n")
        for what, file in files(folder).items():
            done = subprocess.run(
                [sys.executable, "-c", MEASURE, str(folder / "warm.yaml"), str(file)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            )
            print(f"{what:34}{done.stdout}", end="")
