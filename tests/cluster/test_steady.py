"""No request is lost while pods are deleted, evicted and replaced, with what a spec gets when it says nothing of it.

A client in the cluster sends fifty requests a second and never tries twice. The service is one with the default
settings: two replicas, a pause before the end, a budget for disruptions, no pod less during a rollout.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.conftest import Trial
from tests.cluster.waiting import eventually

CLIENT = Path(__file__).parent / "steady" / "client.py"
READY = "deployment/catalogue"
_ABRUPT = {"env": {"FAREWELL": "0s"}}
"""A program that closes its connections as soon as it is told to end, in the middle of what its callers send."""
_WITHOUT_DEFAULTS: dict[str, Any] = {
    "shutdown": {"drainSeconds": 0},
    "rollout": {"minReadySeconds": 0, "maxUnavailable": "50%", "maxSurge": 0},
}
"""The pause and the careful rollout taken away."""


@dataclass(frozen=True, slots=True)
class Count:
    """What became of the requests so far."""

    kept: int
    new: int
    lost: int
    reasons: dict[str, int]

    @property
    def sent(self) -> int:
        return self.kept + self.new


class Steady:
    """A service under a steady stream of requests, and what is done to its pods."""

    def __init__(self, trial: Trial, kubectl: Callable[..., str], settings: dict[str, Any]) -> None:
        self.trial, self.kubectl = trial, kubectl
        service = trial.services["catalogue"]
        for key in ("replicas", "rollout", "shutdown"):
            service.pop(key)
        service |= copy.deepcopy(settings)
        trial.services["client"] = {
            "type": "worker",
            "image": "127.0.0.1:5000/base/python:bookworm",
            "command": ["python3", "/client/client.py"],
            "files": {"/client/client.py": {"content": CLIENT.read_text()}},
            "connections": {"catalogue": {"env": {"address": "TARGET"}}},
            "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
            "replicas": 1,
        }
        trial.write()
        trial.up()
        eventually(self.count, lambda count: count.sent > 100, 30)

    def count(self) -> Count:
        """Return what the client has counted."""
        lines = self.kubectl("logs", "-n", self.trial.namespace, "deployment/client", "--tail=1").splitlines()
        return Count(**json.loads(lines[-1])) if lines else Count(0, 0, 0, {})

    def pods(self) -> list[str]:
        """Return the names of the service's pods that are not on their way out."""
        selector = "app.kubernetes.io/name=catalogue"
        found = json.loads(self.kubectl("get", "pods", "-n", self.trial.namespace, "-l", selector, "-o", "json"))
        return [pod["metadata"]["name"] for pod in found["items"] if "deletionTimestamp" not in pod["metadata"]]

    def whole(self) -> None:
        """Wait until every pod that is wanted is there and counts as available."""
        self.kubectl("rollout", "status", "-n", self.trial.namespace, READY, "--timeout=120s")

    def delete_each(self, most: int = 100) -> None:
        """Delete the pods one after the other."""
        for pod in self.pods()[:most]:
            self.kubectl("delete", "pod", "-n", self.trial.namespace, pod, "--wait=false")
            eventually(self.pods, lambda left, gone=pod: gone not in left, 30)  # type: ignore[misc]
            self.whole()

    def evict_each(self, most: int = 100) -> None:
        """Ask the eviction API for one pod after the other, as a drain of a node does: again while it says not yet."""
        for pod in self.pods()[:most]:
            eventually(lambda name=pod: self.evicted(name), bool, 120)  # type: ignore[misc]
        self.whole()

    def evicted(self, pod: str) -> bool:
        body: dict[str, Any] = {"apiVersion": "policy/v1", "kind": "Eviction"}
        body |= {"metadata": {"name": pod, "namespace": self.trial.namespace}}
        file = self.trial.folder / "eviction.json"
        file.write_text(json.dumps(body))
        path = f"/api/v1/namespaces/{self.trial.namespace}/pods/{pod}/eviction"
        try:
            self.kubectl("create", "--raw", path, "-f", str(file))
        except AssertionError as refused:
            if "disruption budget" not in str(refused):
                raise
            return False
        return True

    def roll(self, level: str) -> None:
        """Replace every pod by one of a new version."""
        service = self.trial.services["catalogue"]
        service["env"] = {**service.get("env", {}), "LEVEL": level}
        self.trial.write()
        self.trial.up()


def troubled(steady: Steady) -> Count:
    """Delete, evict and replace the pods until ten thousand requests are sent, and return what became of them."""
    level = 0
    while steady.count().sent < 10_000:
        level += 1
        steady.delete_each()
        steady.evict_each()
        steady.roll(str(level))
    return steady.count()


@pytest.mark.sandbox
def test_no_request_is_lost(trial: Trial, kubectl: Callable[..., str]) -> None:
    steady = Steady(trial, kubectl, {})
    steady.delete_each(1)
    steady.evict_each(1)
    steady.roll("two")
    count = steady.count()
    print(count)
    assert min(count.kept, count.new) > 500
    assert count.lost == 0, count


@pytest.mark.prove
def test_no_request_of_ten_thousand_is_lost(trial: Trial, kubectl: Callable[..., str]) -> None:
    count = troubled(Steady(trial, kubectl, {}))
    print(f"with the defaults: {count}")
    assert count.lost == 0, count


@pytest.mark.prove
def test_what_is_lost_without_the_defaults(trial: Trial, kubectl: Callable[..., str]) -> None:
    """What the defaults are for: a program that ends at once, without the pause and the careful rollout."""
    steady = Steady(trial, kubectl, {**_ABRUPT, **_WITHOUT_DEFAULTS})
    count = troubled(steady)
    print(f"without the defaults: {count}")
    assert count.lost > 0, count


@pytest.mark.prove
def test_what_a_program_that_ends_at_once_loses_with_the_defaults(trial: Trial, kubectl: Callable[..., str]) -> None:
    """The pause keeps new connections whole; on kept ones only the program can say that it ends."""
    steady = Steady(trial, kubectl, _ABRUPT)
    count = troubled(steady)
    print(f"with the defaults, and a program that ends at once: {count}")
    assert count.lost <= 10, count
