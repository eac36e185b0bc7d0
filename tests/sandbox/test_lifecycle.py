"""The sandbox is killed, started again and stopped, for real. Runs last: it takes the sandbox down."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox import environment, lifecycle
from sandbox.layout import layout
from sandbox.process import running
from sandbox.status import leftovers, status
from tests.conftest import ROOT

pytestmark = pytest.mark.lifecycle

UP = [sys.executable, "-c", "from sandbox import lifecycle; lifecycle.up()"]


def kubectl(*arguments: str) -> str:
    variables = {**os.environ, **environment.variables()}
    return subprocess.run(["kubectl", *arguments], env=variables, capture_output=True, text=True, check=True).stdout


def test_starting_twice_starts_nothing_twice() -> None:
    lifecycle.up()
    before = {name: one.pid for name, one in running(layout()).items()}
    lifecycle.up()
    assert {name: one.pid for name, one in running(layout()).items()} == before
    assert all(component.up for component in status())


def test_killed_components_are_started_again_and_the_cluster_goes_on() -> None:
    kubectl("delete", "configmap", "kept", "--ignore-not-found")
    kubectl("create", "configmap", "kept", "--from-literal=a=b")
    lifecycle.up(addons=["prometheus"])
    for name in ("kube-apiserver", "containerd", "kube-proxy", "etcd", "prometheus"):
        os.kill(running(layout())[name].pid, signal.SIGKILL)
    assert not all(component.up for component in status())
    lifecycle.up()
    assert all(component.up for component in status())
    assert kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.a}") == "b"
    kubectl("wait", "--for=condition=Ready", "pods", "--all", "-n", "kube-system", "--timeout=90s")


def test_down_leaves_nothing_and_up_brings_the_cluster_back() -> None:
    lifecycle.down()
    assert leftovers() == []
    with subprocess.Popen(UP, cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as start:
        deadline = time.monotonic() + 60
        while "kube-apiserver" not in running(layout()) and time.monotonic() < deadline:
            time.sleep(0.05)
        start.kill()
    assert "kube-apiserver" in running(layout()), "it was killed in the middle"
    lifecycle.up()
    assert all(component.up for component in status())
    assert kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.a}") == "b"
    kubectl("delete", "configmap", "kept")


def test_a_killed_sandbox_of_another_checkout_makes_room(tmp_path: Path) -> None:
    for one in list(running(layout()).values()):
        os.kill(one.pid, signal.SIGKILL)
    other = tmp_path / "state"
    script = "from sandbox import lifecycle\ntry:\n    lifecycle.up()\nfinally:\n    lifecycle.down(purge=True)"
    command = [sys.executable, "-c", script]
    variables = {**os.environ, "STACKWRIGHT_SANDBOX": str(other)}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lifecycle.up()
    assert all(component.up for component in status())
    lifecycle.down()
    assert leftovers() == []


def test_simulated_nodes_need_no_root_and_no_containers(tmp_path: Path) -> None:
    script = """
import subprocess
from sandbox import environment, lifecycle
import os
run = lambda *a: subprocess.run(["kubectl", *a], env={**os.environ, **environment.variables()}, capture_output=True, text=True, check=True).stdout
try:
    lifecycle.up(nodes="simulated")
    run("create", "deployment", "web", "--image=example.test/web:1", "--replicas=20")
    run("rollout", "status", "deployment/web", "--timeout=60s")
    print(run("get", "pods", "-o", "jsonpath={.items[*].status.phase}"))
finally:
    lifecycle.down(purge=True)
"""
    variables = {**os.environ, "STACKWRIGHT_SANDBOX": str(tmp_path / "state")}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["Running"] * 20
    assert not (tmp_path / "state").exists()
