"""Rollouts that fail: in bounded time, with the pod, the reason and the line of the spec, and the old version serves."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from components.manifests.workloads.workload import rollout_seconds
from schemas.project import read
from schemas.resolve import resolve
from schemas.spec import Spec
from tests.cluster.conftest import Trial
from tests.cluster.leaks import leaks, texts_in

pytestmark = pytest.mark.sandbox

CANARY = 'k4n4ry/+"value'

GOOD: dict[str, Any] = {
    "build": {"context": "examples/shop/mailer"},
    "type": "worker",
    "command": ["python3", "-c", "import time; print('working', flush=True); time.sleep(900)"],
    "replicas": 1,
    "rollout": {"minReadySeconds": 5, "progressDeadline": "15s"},
    "shutdown": {"drainSeconds": 0, "graceSeconds": 1},
}


def bad_image(service: dict[str, Any]) -> None:
    service.pop("build")
    service["image"] = "127.0.0.1:5000/nothing/here:1"


def crash(service: dict[str, Any]) -> None:
    service["env"] = {"KEY": {"secret": "api", "key": "token"}}
    service["command"] = ["python3", "-c", _INDISCREET]


_INDISCREET = """
import base64, json, os, urllib.parse
key = os.environ["KEY"]
print("no dictionary", key)
print("told as", json.dumps(key), urllib.parse.quote(key, safe=""), base64.b64encode(f"user:{key}".encode()).decode())
raise SystemExit(3)
"""
"""A program that tells its secret in every form."""


def probe(service: dict[str, Any]) -> None:
    service["probes"] = {
        "startup": {"exec": {"command": ["true"]}, "periodSeconds": 1, "failureThreshold": 5},
        "readiness": {"exec": {"command": ["python3", "-c", "raise SystemExit('cold')"]}, "periodSeconds": 1},
    }


def no_room(service: dict[str, Any]) -> None:
    service["resources"] = {"requests": {"cpu": "900"}}


def no_secret(service: dict[str, Any]) -> None:
    service["env"] = {"TOKEN": {"secret": "gone", "key": "token"}}


def memory(service: dict[str, Any]) -> None:
    service["command"] = ["python3", "-c", "b = bytearray(500_000_000); print(len(b))"]


FAILURES: dict[str, tuple[Callable[[dict[str, Any]], None], str, list[str]]] = {
    "image": (
        bad_image,
        "services.image.image",
        ["container image: ", "ImagePull", "nothing/here:1: not found", "event  Failed: "],
    ),
    "crash": (
        crash,
        "services.crash.command",
        [
            "the container ended with exit code 3, restarted ",
            "log    no dictionary [secret]",
            'log    told as "[secret]" [secret] ',
        ],
    ),
    "probe": (
        probe,
        "services.probe.probes.readiness",
        ["NotReady: Readiness probe failed: cold", "log    working"],
    ),
    "room": (no_room, "services.room.resources.requests", ["Unschedulable: ", "Insufficient cpu"]),
    "secret": (
        no_secret,
        "services.secret.env.TOKEN",
        ['CreateContainerConfigError: secret "gone" not found'],
    ),
    "memory": (
        memory,
        "services.memory",
        ["the container was killed for memory, restarted "],
    ),
}


def test_failing_rollouts_are_explained(trial: Trial, kubectl: Callable[..., str]) -> None:
    trial.application["spec"]["secrets"] = {name: {"keys": ["token"], "onChange": "ignore"} for name in ("api", "gone")}
    for name in ("api", "gone"):
        trial.must("config", "set", "--secret", f"{trial.name}:{name}.token", CANARY)
    trial.application["spec"]["services"] = {name: dict(GOOD) for name in FAILURES}
    trial.write()
    trial.up()
    allow_anything(trial)
    for name, (break_it, _, _) in FAILURES.items():
        break_it(trial.services[name])
    trial.write()
    kubectl("delete", "secret", "gone", "-n", trial.namespace)

    begun = time.monotonic()
    done = trial.run("up", "--yes", "--skip-preview", "--debug")
    took = time.monotonic() - begun

    assert done.returncode != 0
    # Everything fails at once, after the time that the spec gives one rollout; the rest is the engine's own.
    assert took < max(map(rollout_seconds, spec(trial).application.services.values())) + 60
    state = trial.stackwright("status", "application.yaml", "--env", "dev", "--platform", "stacks/platform.yaml")
    assert state.returncode == 1, f"{done.stdout[-5000:]}\n{state.stdout}"
    for text in (done.stdout, state.stdout):
        for name, (_, path, said) in FAILURES.items():
            assert f"{name}: 0 of 1 pods of this version serve; 1 of the previous version still do" in text
            origin = spec(trial).origin(tuple(path.split(".")))
            assert f"from application.yaml:{origin.line}:{origin.column}: spec.{path}\n" in text
            for words in said:
                assert words in text
        assert "Traceback" not in text
    told = {"up": (done.stdout + done.stderr).encode(), "status": (state.stdout + state.stderr).encode()}
    assert leaks([CANARY], told | texts_in(trial.folder)) == []

    trial.application["spec"]["services"] = {name: dict(GOOD) for name in FAILURES}
    trial.write()
    trial.must("refresh", "--yes", "--skip-preview")  # The secret was deleted behind Pulumi's back.
    trial.up()
    assert trial.stackwright("status", "application.yaml", "--env", "dev").returncode == 0


def allow_anything(trial: Trial) -> None:
    """Take the platform's limits away, which would refuse to ask for more than a node has."""
    file = trial.folder / "stacks" / "platform.yaml"
    platform = yaml.safe_load(file.read_text())
    platform["spec"].pop("limits")
    file.write_text(yaml.safe_dump(platform))


def spec(trial: Trial) -> Spec:
    return resolve(read(trial.folder / "application.yaml", trial.folder / "stacks" / "platform.yaml"), "dev")
