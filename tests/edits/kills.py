"""Killing the engine at a chosen event of a run, and what the next run makes of it."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.manifests.objects import Manifest
from tests.conftest import ROOT
from tests.edits.fleet import Fleet, live
from tests.edits.law import Key, differences, key

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
        while run.poll() is None and not log.exists():
            time.sleep(0.002)
        seen, read = 0, 0
        while run.poll() is None:
            with log.open("rb") as lines:
                lines.seek(read)
                new = lines.read()
            seen, read = seen + new.count(b"\n"), read + len(new)
            if seen >= event:
                run.send_signal(signal.SIGKILL)
                break
            time.sleep(0.002)
    _end_orphans(fleet)
    return Killed(event, run.returncode != -signal.SIGKILL)


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
    return log.read_bytes().count(b"\n")


def recover(fleet: Fleet) -> str:
    """Clear the way for the next run as a person would, and return what was said."""
    done = stackwright(fleet, "recover", "--stack", fleet.name, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def stackwright(fleet: Fleet, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a verb of stackwright in the folder of the project."""
    command = [str(ROOT / ".venv" / "bin" / "stackwright"), *arguments]
    return subprocess.run(
        command, cwd=fleet.folder, env=fleet.environment, capture_output=True, text=True, timeout=120, check=False
    )


def discord(fleet: Fleet) -> list[str]:
    """Return where cluster, state and spec differ: nothing lost, doubled or orphaned."""
    state = json.loads(fleet.must("stack", "export"))["deployment"]
    wanted = {key(one): one for name in fleet.specs for one in fleet.objects(name)}
    there = live(fleet.environment, "-A")
    mine = {name: one for name, one in there.items() if name[1] in {f"{name}-dev" for name in fleet.specs}}
    return [*unrecorded(state, wanted), *unlike(wanted, mine)]


def unrecorded(state: Mapping[str, Any], wanted: Mapping[Key, Manifest]) -> Iterator[str]:
    """Yield where a stack's state is not what the spec wants."""
    for operation in state.get("pending_operations") or ():
        yield f"pending: {operation['type']} {operation['resource']['urn']}"
    here: dict[Key, Mapping[str, Any]] = {}
    for one in state.get("resources") or ():
        if one.get("delete"):
            yield f"to be deleted: {one['urn']}"
        elif one["type"].startswith("kubernetes:"):
            if (found := _recorded(one)) in here:
                yield f"twice in the state: {found}"
            here[found] = one["inputs"]
    yield from (f"not in the state: {one}" for one in wanted.keys() - here.keys())
    yield from (f"in the state alone: {one}" for one in here.keys() - wanted.keys())
    for one in wanted.keys() & here.keys():
        yield from (f"in the state: {text}" for text in differences(wanted[one], here[one], str(one)))


def unlike(wanted: Mapping[Key, Manifest], there: Mapping[Key, Manifest]) -> Iterator[str]:
    """Yield where live objects are not what the spec wants; namespaces are not among them."""
    names = {one for one in wanted if one[0] != "Namespace"}
    yield from (f"not in the cluster: {one}" for one in names - there.keys())
    yield from (f"orphan: {one}" for one in there.keys() - names)
    for one in names & there.keys():
        yield from (f"in the cluster: {text}" for text in differences(wanted[one], there[one], str(one)))


def _recorded(one: Mapping[str, Any]) -> Key:
    """Return the object of a resource in the state."""
    namespace, _, name = one["id"].rpartition("/")
    return one["type"].rpartition(":")[2], namespace, name
