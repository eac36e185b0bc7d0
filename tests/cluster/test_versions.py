"""A version comes, takes all calls, hands them back to the service and goes: no request is lost at any of it."""

import json
from collections.abc import Callable

import pytest

from tests.cluster.conftest import Trial
from tests.cluster.test_steady import Steady
from tests.cluster.waiting import eventually

pytestmark = pytest.mark.sandbox


def test_a_version_takes_over_and_no_request_is_lost(trial: Trial, kubectl: Callable[..., str]) -> None:
    steady = Steady(trial, kubectl, {})
    service = trial.services["catalogue"]
    own = set(steady.pods())

    def turned(**changes: object) -> set[str]:
        """Change the service, and return the pods that get its calls after that."""
        service.update(changes)
        trial.write()
        trial.up()
        return eventually(answering, lambda pods: len(pods) == 2, 60)

    def answering() -> set[str]:
        chosen = "kubernetes.io/service-name=catalogue"
        found = json.loads(kubectl("get", "endpointslices", "-n", trial.namespace, "-l", chosen, "-o", "json"))
        ends = [end for one in found["items"] for end in one.get("endpoints") or [] if end["conditions"]["ready"]]
        return {end["targetRef"]["name"] for end in ends}

    versions = {"next": {"env": {"LEVEL": "two"}}}
    assert turned(versions=versions, traffic={"split": {"main": 100, "next": 0}}) == own
    taken = turned(traffic={"split": {"main": 0, "next": 100}})
    assert all(pod.startswith("catalogue-next-") for pod in taken)
    assert set(steady.pods()) == own, "the service keeps its pods, so that it can have its calls back"
    assert turned(env={**service.get("env", {}), "LEVEL": "two"}) == taken
    renewed = set(steady.pods())
    assert not renewed & own
    service.pop("versions")
    assert turned(traffic={}) == renewed
    sent = steady.count().sent
    eventually(steady.count, lambda count: count.sent > sent + 100, 30)
    count = steady.count()
    print(count)
    assert count.lost == 0, count
