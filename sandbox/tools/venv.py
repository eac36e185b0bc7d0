"""Python programs in an environment of their own, because what they need does not agree with what the project needs."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.layout import Layout
from sandbox.progress import step
from sandbox.tools.catalogue import PINS


def installed(layout: Layout, package: str) -> Path:
    """Return a program of a package whose `pins/venvs/<package>.txt` names everything by hash.

    Raises:
        SandboxError: pip could not install it.

    """
    pin = PINS / "venvs" / f"{package}.txt"
    folder = layout.cache / "tools" / f"{package}-{hashlib.sha256(pin.read_bytes()).hexdigest()[:16]}"
    done = folder / "installed"
    if done.exists():
        return folder / "bin" / package
    with step(f"install {package} beside the project (about 40 s)"):
        # An environment knows its own path, so it is made in its place; an install that dies leaves no mark.
        shutil.rmtree(folder, ignore_errors=True)
        _run(sys.executable, "-m", "venv", str(folder))
        _run(str(folder / "bin" / "pip"), "install", "-q", "--no-deps", "--require-hashes", "-r", str(pin))
        done.touch()
    return folder / "bin" / package


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        told = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise SandboxError(f"`{Path(command[0]).name} {command[1]}` failed: {told[-1]}")
