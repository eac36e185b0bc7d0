"""Killing the engine at a chosen event of a run, and what the next run makes of it."""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT
from tests.edits.fleet import Fleet, live
from tests.edits.law import differences, key

RUNS = ("up", "update", "destroy")


@dataclass(frozen=True)
class Killed:
    """A run that was killed."""

    event: int
    """After how many engine events."""
    ended: bool
    """Whether the run had ended by itself before."""


def kill_at(fleet: Fleet, event: int, *arguments: str) -> Killed:
    """Run pulumi and kill it, and nothing else, when so many engine events are out."""
    log = fleet.folder / "kill.json"
    log.unlink(missing_ok=True)
    command = ["pulumi", *arguments, "--non-interactive", "--stack", fleet.name, "--event-log", str(log)]
    with subprocess.Popen(
        command,
        cwd=fleet.folder,
        env=fleet.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as run:
        while run.poll() is None:
            if _lines(log) >= event:
                run.send_signal(signal.SIGKILL)
                break
            time.sleep(0.002)
    _end_orphans(fleet)
    return Killed(event, run.returncode != -signal.SIGKILL)


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.exists() else 0


def _end_orphans(fleet: Fleet) -> None:
    """Let the engine's children finish what they had begun, then end them: some would wait for it for ever."""
    time.sleep(0.3)
    for process in Path("/proc").glob("[0-9]*"):
        if _belongs(process, str(fleet.folder)):
            os.kill(int(process.name), signal.SIGKILL)


def _belongs(process: Path, folder: str) -> bool:
    """Return whether a process is a plugin or program of the fleet."""
    if int(process.name) == os.getpid():
        return False
    try:
        variables = (process / "environ").read_bytes()
        words = (process / "cmdline").read_bytes()
    except OSError:
        return False
    return f"PULUMI_BACKEND_URL=file://{folder}/state".encode() in variables and b"pulumi" in words


def events_of(fleet: Fleet, *arguments: str) -> int:
    """Run pulumi to its end; return how many engine events it has."""
    log = fleet.folder / "kill.json"
    log.unlink(missing_ok=True)
    fleet.must(*arguments, "--event-log", str(log))
    return _lines(log)


def recover(fleet: Fleet) -> str:
    """Clear the way for the next run as a person would, and return what was said."""
    command = [str(ROOT / ".venv" / "bin" / "stackwright"), "recover", "--stack", fleet.name, "--yes"]
    done = subprocess.run(
        command, cwd=fleet.folder, env=fleet.environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def discord(fleet: Fleet) -> list[str]:
    """Return where cluster, state and spec differ: nothing lost, doubled or orphaned."""
    state = json.loads(fleet.must("stack", "export"))["deployment"]
    found = [f"pending: {one['type']} {one['resource']['urn']}" for one in state.get("pending_operations") or ()]
    resources = state.get("resources") or []
    ids = [(one["type"].rpartition(":")[2], one["id"]) for one in resources if one["type"].startswith("kubernetes:")]
    found += [f"twice in the state: {one}" for one in {one for one in ids if ids.count(one) > 1}]
    found += [f"to be deleted: {one['urn']}" for one in resources if one.get("delete")]
    for name in fleet.specs:
        wanted = {key(one): one for one in fleet.objects(name)}
        there = live(fleet.environment, "-n", f"{name}-dev")
        here = {
            (kind, *_place(kind, identity))
            for kind, identity in ids
            if _place(kind, identity)[0] in ("", f"{name}-dev")
        }
        names = {one for one in wanted if one[0] != "Namespace"}
        found += [f"not in the cluster: {one}" for one in names - there.keys()]
        found += [f"orphan: {one}" for one in there.keys() - names]
        found += [f"not in the state: {one}" for one in wanted.keys() - here]
        found += [text for one in names & there.keys() for text in differences(wanted[one], there[one], str(one))]
    return found


def _place(kind: str, identity: str) -> tuple[str, str]:
    namespace, _, name = identity.rpartition("/")
    return ("" if kind == "Namespace" else namespace), name
