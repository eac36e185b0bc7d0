"""Why a pod does not serve, from what Kubernetes says of it."""

from typing import Any

import pytest
from lightkube.resources.core_v1 import Event, Pod

from live.findings import Finding, findings


def pod(*containers: dict[str, Any], inits: tuple[dict[str, Any], ...] = (), **status: Any) -> Pod:
    told = {"containerStatuses": list(containers), "initContainerStatuses": list(inits), **status}
    return Pod.from_dict({"metadata": {"name": "web-1"}, "status": told})


def container(name: str = "web", *, ready: bool = False, restarts: int = 0, **state: Any) -> dict[str, Any]:
    last = state.pop("last", None)
    return {
        "name": name,
        "image": "i",
        "imageID": "",
        "ready": ready,
        "restartCount": restarts,
        "state": state,
        **({"lastState": {"terminated": last}} if last else {}),
    }


def event(reason: str, message: str) -> Event:
    return Event.from_dict(
        {"metadata": {}, "involvedObject": {}, "reason": reason, "message": message, "type": "Warning"}
    )


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"reason": reason, "message": message}


CASES: dict[str, tuple[Pod, list[Event], Finding]] = {
    "no room": (
        pod(
            conditions=[{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1\nnodes"}]
        ),
        [],
        Finding(cause="room", reason="Unschedulable", message="0/1 nodes"),
    ),
    "no image, and the event knows more": (
        pod(container(waiting=waiting("ImagePullBackOff", "Back-off"))),
        [event("Failed", "Failed to pull image: not found"), event("Failed", "Error: ErrImagePull")],
        Finding(cause="image", reason="ImagePullBackOff", message="Failed to pull image: not found", container="web"),
    ),
    "no secret": (
        pod(container(waiting=waiting("CreateContainerConfigError", 'secret "api" not found'))),
        [],
        Finding(
            cause="secret",
            reason="CreateContainerConfigError",
            message='secret "api" not found',
            container="web",
            named="api",
        ),
    ),
    "no key in a secret": (
        pod(container(waiting=waiting("CreateContainerConfigError", "couldn't find key k in Secret ns/api"))),
        [],
        Finding(
            cause="secret",
            reason="CreateContainerConfigError",
            message="couldn't find key k in Secret ns/api",
            container="web",
            named="api",
        ),
    ),
    "a command that is not there": (
        pod(container(waiting=waiting("RunContainerError", "exec: no such file"))),
        [],
        Finding(cause="command", reason="RunContainerError", message="exec: no such file", container="web"),
    ),
    "a volume's secret": (
        pod(container(waiting=waiting("ContainerCreating"))),
        [event("FailedMount", 'MountVolume.SetUp failed: secret "tls" not found')],
        Finding(
            cause="mount",
            reason="FailedMount",
            message='MountVolume.SetUp failed: secret "tls" not found',
            container="web",
            named="tls",
        ),
    ),
    "a crash": (
        pod(container(waiting=waiting("CrashLoopBackOff"), restarts=2, last={"exitCode": 3})),
        [],
        Finding(
            cause="command",
            reason="CrashLoopBackOff",
            message="the container ended with exit code 3, restarted 2 times",
            container="web",
            has_run=True,
        ),
    ),
    "a crash, just started again": (
        pod(container(running={}, restarts=1, last={"exitCode": 3})),
        [],
        Finding(
            cause="command",
            reason="Error",
            message="the container ended with exit code 3, restarted 1 times",
            container="web",
            has_run=True,
        ),
    ),
    "too much memory": (
        pod(container(terminated={"exitCode": 137, "reason": "OOMKilled"})),
        [],
        Finding(
            cause="memory",
            reason="OOMKilled",
            message="the container was killed for memory, restarted 0 times",
            container="web",
            has_run=True,
        ),
    ),
    "killed by its liveness probe": (
        pod(container(waiting=waiting("CrashLoopBackOff"), restarts=1, last={"exitCode": 137})),
        [event("Unhealthy", "Liveness probe failed: 500"), event("Unhealthy", "Readiness probe failed: 500")],
        Finding(
            cause="liveness",
            reason="CrashLoopBackOff",
            message="the container ended with exit code 137, restarted 1 times; Liveness probe failed: 500",
            container="web",
            has_run=True,
        ),
    ),
    "not ready": (
        pod({**container(running={}), "started": True}),
        [event("Unhealthy", "Readiness probe failed: 404")],
        Finding(
            cause="readiness",
            reason="NotReady",
            message="Readiness probe failed: 404",
            container="web",
            has_run=True,
        ),
    ),
    "not started": (
        pod(container(running={})),
        [],
        Finding(
            cause="startup",
            reason="NotReady",
            message="the container runs and has not passed its startup probe yet",
            container="web",
            has_run=True,
        ),
    ),
    "an init container, for which the service waits": (
        pod(
            container(waiting=waiting("PodInitializing")),
            inits=(container("prepare", waiting=waiting("ErrImagePull", "not found")),),
        ),
        [],
        Finding(cause="image", reason="ErrImagePull", message="not found", container="prepare"),
    ),
}


@pytest.mark.parametrize("case", CASES, ids=CASES.keys())
def test_a_pods_trouble_is_found(case: str) -> None:
    told, events, expected = CASES[case]
    assert findings(told, events) == [expected]


@pytest.mark.parametrize(
    "quiet",
    [
        pod(container(ready=True, running={})),
        pod({**container(running={}), "started": True}),
        pod(container(waiting=waiting("ContainerCreating"))),
        pod(container(terminated={"exitCode": 0})),
        Pod(),
    ],
    ids=["serves", "a moment before it is ready", "just made", "done", "nothing said yet"],
)
def test_a_pod_without_trouble_has_none(quiet: Pod) -> None:
    assert findings(quiet, []) == []
