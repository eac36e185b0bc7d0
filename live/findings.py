"""Why a pod does not serve: pure, from what Kubernetes says of it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lightkube.models.core_v1 import ContainerStateTerminated, ContainerStateWaiting, ContainerStatus
from lightkube.resources.core_v1 import Event, Pod

Cause = Literal["command", "image", "liveness", "memory", "mount", "quota", "readiness", "room", "secret", "startup"]
"""What of the spec is behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that keeps a pod from serving."""

    cause: Cause
    reason: str
    """Kubernetes' own word for the state."""
    message: str
    """Kubernetes' own sentence."""
    container: str | None = None
    named: str | None = None
    """The secret or config map that is not there."""
    has_run: bool = False
    """Whether the container ran, so that its log has lines."""


_NO_IMAGE = {
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImageInspectError",
    "ImagePullBackOff",
    "InvalidImageName",
    "RegistryUnavailable",
}
_MISSING = re.compile(
    r"(?:secret|configmap) \"([^\"]+)\" not found|in (?:Secret|ConfigMap) [^/ ]+/(\S+)", re.IGNORECASE
)
_UNHEALTHY: tuple[tuple[str, Cause], ...] = (
    ("Startup probe", "startup"),
    ("Liveness probe", "liveness"),
    ("Readiness probe", "readiness"),
)


def findings(pod: Pod, events: Sequence[Event]) -> list[Finding]:
    """Return what keeps one pod from serving, the first cause first; nothing when it serves."""
    return list(_found(pod, events))


def _found(pod: Pod, events: Sequence[Event]) -> Iterator[Finding]:
    status = pod.status
    if status is None:
        return
    for condition in status.conditions or ():
        if condition.type == "PodScheduled" and condition.status == "False":
            yield Finding(
                cause="room", reason=condition.reason or "Unschedulable", message=_clean(condition.message or "")
            )
            return
    containers = [*(status.initContainerStatuses or ()), *(status.containerStatuses or ())]
    inits = {one.name for one in status.initContainerStatuses or ()}
    waiting_for_others = False
    # Where all are ready, the pod has just come back, and what is wrong is with the one that had ended.
    came_back = all(one.ready for one in containers)
    for container in containers:
        if found := _container(container, events, came_back=came_back):
            yield found
            waiting_for_others = waiting_for_others or container.name in inits
        if waiting_for_others:
            return


def _container(container: ContainerStatus, events: Sequence[Event], *, came_back: bool) -> Finding | None:
    state = container.state
    if state and state.waiting and (found := _waiting(container, state.waiting, events)):
        return found
    last = container.lastState.terminated if container.lastState else None
    if container.ready:
        return _ended(container, last, events) if last and came_back else None
    ended = (state.terminated if state else None) or last
    if ended and (ended.exitCode or (state and state.waiting)):
        return _ended(container, ended, events)
    return _not_ready(container, events) if state and state.running else None


def _waiting(container: ContainerStatus, state: ContainerStateWaiting, events: Sequence[Event]) -> Finding | None:
    """Return why a container was never started."""
    reason, name = state.reason or "", container.name
    if reason in _NO_IMAGE:
        message = _last(events, "Failed", "ailed to pull image") or state.message or ""
        return Finding(cause="image", reason=reason, message=_clean(message), container=name)
    if reason in ("CreateContainerConfigError", "CreateContainerError", "RunContainerError"):
        return _not_created(reason, _clean(state.message or ""), name)
    if reason == "ContainerCreating" and (mount := _last(events, "FailedMount", "")):
        named = _missing(mount)
        return Finding(cause="mount", reason="FailedMount", message=_clean(mount), container=name, named=named)
    return None


def _ended(container: ContainerStatus, ended: ContainerStateTerminated, events: Sequence[Event]) -> Finding:
    """Return why a container that ran does so no longer, or has just been started again."""
    waiting = container.state.waiting if container.state else None
    reason = (waiting.reason if waiting else None) or ended.reason or "Error"
    times = f"restarted {container.restartCount} times"
    message = f"the container ended with exit code {ended.exitCode}, {times}"
    cause: Cause = "command"
    if ended.reason == "OOMKilled":
        cause, message = "memory", f"the container was killed for memory, {times}"
    elif killer := _failed_probe(events, killed=True):
        cause, message = killer[0], f"{message}; {killer[1]}"
    return Finding(cause=cause, reason=reason, message=message, container=container.name, has_run=True)


def _not_created(reason: str, message: str, container: str) -> Finding:
    named = _missing(message)
    cause: Cause = "secret" if named else "command"
    return Finding(cause=cause, reason=reason, message=message, container=container, named=named)


def _not_ready(container: ContainerStatus, events: Sequence[Event]) -> Finding | None:
    """Return which probe a running container does not pass."""
    if found := _failed_probe(events, killed=False):
        cause, message = found
    elif container.started:
        return None
    else:
        cause, message = "startup", "the container runs and has not passed its startup probe yet"
    return Finding(cause=cause, reason="NotReady", message=message, container=container.name, has_run=True)


def _failed_probe(events: Sequence[Event], *, killed: bool) -> tuple[Cause, str] | None:
    """Return the probe that failed last; of a killed container only one that kills."""
    for event in reversed(events):
        for word, cause in _UNHEALTHY:
            message = event.message or ""
            if event.reason == "Unhealthy" and message.startswith(word) and not (killed and cause == "readiness"):
                return cause, _clean(message)
    return None


def _last(events: Iterable[Event], reason: str, words: str) -> str | None:
    found = [event.message for event in events if event.reason == reason and words in (event.message or "")]
    return found[-1] if found else None


def _missing(message: str) -> str | None:
    found = _MISSING.search(message)
    return next((group for group in found.groups() if group), None) if found else None


def _clean(message: str) -> str:
    """Return a message on one line."""
    return " ".join(message.split())
