"""The sandbox's processes: started, found again and ended by pid.

Every process carries the sandbox's folder and its component's name in its environment. That mark is what finds it
again: no pid file can be lost between a start and a crash, and a pid that was used again is never mistaken for ours.
"""

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.layout import Layout

_SANDBOX = "STACKWRIGHT_SANDBOX_OF"
_COMPONENT = "STACKWRIGHT_COMPONENT"


@dataclass(frozen=True, slots=True)
class Running:
    """A process of the sandbox."""

    component: str
    pid: int
    program: str
    """The name of its executable."""
    seconds: float
    """How long it has been running."""


def start(
    layout: Layout, component: str, command: Sequence[str | Path], env: Mapping[str, str] | None = None
) -> Running:
    """Start a component, unless it runs already; its output goes to its log."""
    found = running(layout).get(component)
    if found is not None:
        return found
    marks = {_SANDBOX: str(layout.root), _COMPONENT: component}
    path = f"{layout.bin}:{os.environ.get('PATH', '')}"
    arguments = [str(part) for part in command]
    log = str(layout.logs / f"{component}.log")
    pid = os.posix_spawn(
        arguments[0],
        arguments,
        {"PATH": path, "HOME": str(layout.root), **(env or {}), **marks},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        # A session of its own: it outlives this command, and a Ctrl-C on it.
        setsid=True,
    )
    return Running(component, pid, Path(arguments[0]).name, 0)


def running(layout: Layout) -> dict[str, Running]:
    """Return the components that run, by name. What a component starts itself is not one."""
    found: dict[str, Running] = {}
    for one in _marked(layout):
        if one.component not in found or one.pid < found[one.component].pid:
            found[one.component] = one
    return found


def stop(layout: Layout, component: str, grace_seconds: float = 15) -> None:
    """End a component and everything it started that still carries its mark."""
    _end([one for one in _marked(layout) if one.component == component], grace_seconds)


def _end(processes: Sequence[Running], grace_seconds: float) -> None:
    for number, patience in ((signal.SIGTERM, grace_seconds), (signal.SIGKILL, 5.0)):
        for one in processes:
            if _alive(one.pid):
                os.kill(one.pid, number)
        deadline = time.monotonic() + patience
        while any(_alive(one.pid) for one in processes) and time.monotonic() < deadline:
            time.sleep(0.05)


def wait_until(ready: Callable[[], bool], layout: Layout, component: str, seconds: float) -> None:
    """Wait until a component is ready.

    Raises:
        SandboxError: it ended, or the time is over; with the last lines of its log.

    """
    started = time.monotonic()
    deadline = started + seconds
    while not ready():
        # A process shows its mark a moment after it was started.
        if time.monotonic() > started + 1 and component not in running(layout):
            raise SandboxError(f"{component} ended before it was ready: {last_words(layout, component)}")
        if time.monotonic() > deadline:
            raise SandboxError(f"{component} was not ready after {seconds:.0f} s: {last_words(layout, component)}")
        time.sleep(0.1)


def last_words(layout: Layout, component: str) -> str:
    """Return the last line that a component logged, and where the rest is."""
    log = layout.logs / f"{component}.log"
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return f"{lines[-1] if lines else 'it said nothing'} (all of it: {log})"


def _marked(layout: Layout) -> list[Running]:
    """Return every process with the sandbox's mark."""
    wanted = f"{_SANDBOX}={layout.root}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
            if wanted not in environment or not _alive(int(folder.name)):
                continue
            component = next(one for one in environment if one.startswith(f"{_COMPONENT}=".encode()))
            program = Path((folder / "cmdline").read_bytes().split(b"\0")[0].decode()).name
            started = int((folder / "stat").read_text().rpartition(")")[2].split()[19])
        except (OSError, StopIteration, ValueError):
            continue
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - started / os.sysconf("SC_CLK_TCK")
        found.append(Running(component.decode().partition("=")[2], int(folder.name), program, age))
    return found


def _alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
