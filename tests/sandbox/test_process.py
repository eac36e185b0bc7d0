import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.errors import SandboxError
from sandbox.layout import Layout
from sandbox.ports import Port, must_be_free
from sandbox.process import last_words, running, start, stop, wait_until

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def here(tmp_path: Path) -> Layout:
    layout = Layout(root=tmp_path / "state", cache=tmp_path / "cache")
    layout.make()
    return layout


def found(here: Layout, component: str) -> bool:
    return component in running(here)


def soon(look: object, seconds: float = 5) -> bool:
    assert callable(look)
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_a_component_is_started_once_and_ended(here: Layout) -> None:
    first = start(here, "sleeper", SLEEP)
    assert soon(lambda: found(here, "sleeper"))
    assert start(here, "sleeper", SLEEP).pid == first.pid
    stop(here, "sleeper", grace_seconds=5)
    assert not found(here, "sleeper")


def test_a_process_without_our_mark_is_never_ended(here: Layout) -> None:
    with subprocess.Popen(SLEEP, env={**os.environ, "STACKWRIGHT_SANDBOX_OF": f"{here.root}-other"}) as foreign:
        stop(here, "sleeper")
        assert foreign.poll() is None
        foreign.kill()


def test_one_that_ignores_the_request_to_end_is_killed(here: Layout) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    start(here, "deaf", (sys.executable, "-c", deaf))
    assert soon(lambda: "deaf" in last_words(here, "deaf").partition(" (")[0])
    stop(here, "deaf", grace_seconds=0.3)
    assert not found(here, "deaf")


def test_a_component_does_not_hold_on_to_what_its_starter_has_open(here: Layout, tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        os.set_inheritable(lock.fileno(), True)
        one = start(here, "sleeper", SLEEP)
        assert soon(lambda: found(here, "sleeper"))
        held = [os.readlink(link) for link in Path(f"/proc/{one.pid}/fd").iterdir()]
        stop(here, "sleeper")
    assert str(tmp_path / "lock") not in held


def test_what_was_killed_is_started_again(here: Layout) -> None:
    first = start(here, "sleeper", SLEEP)
    assert soon(lambda: found(here, "sleeper"))
    os.kill(first.pid, signal.SIGKILL)
    assert soon(lambda: not found(here, "sleeper"))
    second = start(here, "sleeper", SLEEP)
    assert second.pid != first.pid
    stop(here, "sleeper")


def test_an_early_end_is_told_with_its_last_words(here: Layout) -> None:
    start(here, "short", (sys.executable, "-c", "print('no such flag')"))
    with pytest.raises(SandboxError, match=r"short ended before it was ready: no such flag \(all of it: .*short.log\)"):
        wait_until(lambda: False, here, "short", 10)


def test_a_taken_port_is_told_with_who_has_it() -> None:
    code = "import socket, time; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        port = Port(int(holder.stdout.readline()), "registry")
        expected = (
            rf"Port {port.number} on 127.0.0.1, which registry needs, is taken by python\S* \(pid {holder.pid}\)."
        )
        with pytest.raises(SandboxError, match=expected):
            must_be_free(port)
        holder.kill()
    must_be_free(port)
