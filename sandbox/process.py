"""The sandbox's processes: started, found again and ended by pid.

Every process carries the sandbox's folder and its component's name in its environment. That mark is what finds it
again: no pid file can be lost between a start and a crash, and a pid that was used again is never mistaken for ours.
"""

import hashlib
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
_PROGRAM = "STACKWRIGHT_PROGRAM"
_DEFINITION = "STACKWRIGHT_DEFINITION"
_LARGEST_SETTINGS = 1 << 20


@dataclass(frozen=True, slots=True)
class Running:
    """A process of the sandbox."""

    component: str
    pid: int
    program: str
    """The name of its executable."""
    definition: str
    """A hash of its command and settings."""
    own: bool
    """Whether it is the component itself, and not something that the component started."""
    seconds: float
    """How long it has been running."""


def start(
    layout: Layout, component: str, command: Sequence[str | Path], env: Mapping[str, str] | None = None
) -> Running:
    """Start a component, unless it runs already with this command and these settings; its output goes to its log."""
    arguments = [str(part) for part in command]
    definition = _definition(arguments)
    found = running(layout).get(component)
    if found is not None and found.definition == definition:
        return found
    if found is not None:
        _end([found], 15)
    program = Path(arguments[0]).name
    marks = {_SANDBOX: str(layout.root), _COMPONENT: component, _PROGRAM: program, _DEFINITION: definition}
    path = f"{layout.bin}:{os.environ.get('PATH', '')}"
    log = str(layout.logs / f"{component}.log")
    pid = os.posix_spawn(
        arguments[0],
        arguments,
        {"PATH": path, "HOME": str(layout.root), **(env or {}), **marks},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
            # Whoever called may hold a lock by a descriptor; a component would hold it for as long as it runs.
            *((os.POSIX_SPAWN_CLOSE, number) for number in _inheritable()),
        ],
        # A session of its own: it outlives this command, and a Ctrl-C on it.
        setsid=True,
    )
    return Running(component, pid, program, definition, own=True, seconds=0)


def _inheritable() -> list[int]:
    """Return the descriptors, beyond the first three, that a new process would have too."""
    found = []
    for entry in os.listdir("/proc/self/fd"):
        number = int(entry)
        try:
            if number > 2 and os.get_inheritable(number):
                found.append(number)
        except OSError:  # The one that listed the folder is closed by now.
            continue
    return found


def _definition(arguments: Sequence[str]) -> str:
    """Return a hash of a command and of the settings files that it names."""
    digest = hashlib.sha256("\0".join(arguments).encode())
    for argument in arguments[1:]:
        file = Path(argument.rpartition("=")[2])
        if file.is_absolute() and file.is_file() and file.stat().st_size < _LARGEST_SETTINGS:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def running(layout: Layout) -> dict[str, Running]:
    """Return the components that run, by name. What a component starts itself is not one."""
    return {one.component: one for one in _marked(layout) if one.own}


def stop(layout: Layout, component: str, grace_seconds: float = 15) -> None:
    """End a component and everything it started that still carries its mark."""
    _end([one for one in _marked(layout) if one.component == component], grace_seconds)


def stop_rest(layout: Layout) -> None:
    """End whatever still carries the sandbox's mark, at once."""
    _end(_marked(layout), 0.5)


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
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            variables = dict(
                line.partition("=")[::2]
                for line in (folder / "environ").read_bytes().decode(errors="replace").split("\0")
            )
            if variables.get(_SANDBOX) != str(layout.root) or not _alive(int(folder.name)):
                continue
            program = Path((folder / "cmdline").read_bytes().split(b"\0")[0].decode()).name
            started = int((folder / "stat").read_text().rpartition(")")[2].split()[19])
        except (OSError, ValueError):
            continue
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - started / os.sysconf("SC_CLK_TCK")
        own = program == variables.get(_PROGRAM)
        component, definition = variables.get(_COMPONENT, ""), variables.get(_DEFINITION, "")
        found.append(Running(component, int(folder.name), program, definition, own, age))
    return found


def _alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
