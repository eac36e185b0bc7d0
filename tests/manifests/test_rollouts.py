"""Rollouts in steps: what stands in the cluster at each of them."""

from typing import Any

import pytest

from components.manifests.objects import Manifest
from components.manifests.offline import offline_objects
from tests.conftest import Files

OLD, NEW = (f"example.test/web@sha256:{letter * 64}" for letter in "ab")
SCALED: dict[str, Any] = {"scaling": {"min": 3, "max": 10, "targets": {"cpuPercent": 50}}}
CANARY: dict[str, Any] = {"strategy": "canary", "steps": [{"weight": 5}, {"weight": 20}, {"weight": 50}]}
BLUE_GREEN: dict[str, Any] = {"strategy": "blueGreen"}


def at_step(files: Files, step: int | None, **service: Any) -> dict[tuple[str, str], Manifest]:
    """Return the objects of a service whose rollout has come to a step."""
    files.platform["environments"]["dev"] = {
        "domain": "dev.localhost",
        "registry": {"address": "127.0.0.1:5000"},
        "mesh": {"kind": "istio-sidecar"},
        "installed": {"metrics-server": True},
    }
    files.services["web"] = {
        "image": "example.test/web",
        "port": 8080,
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
        **service,
    }
    releases(files, {"images": {"web": OLD}, **({"rollouts": {"web": {"image": NEW, "step": step}}} if step else {})})
    return {(one["kind"], one["metadata"]["name"]): one for one in offline_objects(files.resolve())}


def releases(files: Files, spec: dict[str, Any]) -> None:
    head = {"application": "shop", "environment": "dev"}
    release = {"apiVersion": "stackwright.dev/v1", "kind": "Release", "metadata": head, "spec": spec}
    (files.folder / "releases").mkdir(exist_ok=True)
    files._write("releases/dev.yaml", release)


def shares(found: dict[tuple[str, str], Manifest]) -> dict[str, int]:
    (rule,) = found["VirtualService", "web"]["spec"]["http"]
    return {one["destination"]["host"].partition(".")[0]: one.get("weight", 100) for one in rule["route"]}


def images(found: dict[tuple[str, str], Manifest]) -> dict[str, str]:
    pods = {name: one["spec"]["template"]["spec"] for (kind, name), one in found.items() if kind == "Deployment"}
    return {name: pod["containers"][0]["image"] for name, pod in pods.items()}


def test_each_step_gives_the_new_image_its_share_of_the_calls(files: Files) -> None:
    assert shares(at_step(files, None, rollout=CANARY)) == {"web": 100}
    for step, weight in ((1, 5), (2, 20), (3, 50)):
        found = at_step(files, step, rollout=CANARY)
        assert shares(found) == {"web": 100 - weight, "web-next": weight}
        assert images(found) == {"web": OLD, "web-next": NEW}


def test_no_step_of_a_rollout_is_a_mistake_of_the_application(files: Files) -> None:
    for rollout in (CANARY, BLUE_GREEN):
        for step in (1, 2):
            at_step(files, step, rollout=rollout, **SCALED)
            assert files.resolve().warnings == ()


def test_a_step_changes_no_pod_of_the_service(files: Files) -> None:
    before = at_step(files, None, rollout=CANARY, **SCALED)
    for step in (1, 2, 3):
        found = at_step(files, step, rollout=CANARY, **SCALED)
        assert found["Deployment", "web"] == before["Deployment", "web"]
        assert found["Service", "web"] == before["Service", "web"]
        assert found["PodDisruptionBudget", "web"] == before["PodDisruptionBudget", "web"]


def test_who_aborts_finds_all_pods(files: Files) -> None:
    """The autoscaler of the service may add pods and removes none, at every step."""
    before = at_step(files, None, rollout=CANARY, **SCALED)["HorizontalPodAutoscaler", "web"]["spec"]
    found = at_step(files, 2, rollout=CANARY, **SCALED)["HorizontalPodAutoscaler", "web"]["spec"]
    assert found["behavior"]["scaleDown"]["selectPolicy"] == "Disabled"
    assert (found["minReplicas"], found["maxReplicas"], found["metrics"]) == (3, 10, before["metrics"])
    assert found["behavior"]["scaleUp"] == before["behavior"]["scaleUp"]


def test_the_pods_for_the_calls_of_the_next_step_are_there_before_it(files: Files) -> None:
    fewest = [
        at_step(files, step, rollout=CANARY, **SCALED)["HorizontalPodAutoscaler", "web-next"]["spec"]["minReplicas"]
        for step in (1, 2, 3)
    ]
    assert fewest == [2, 5, 5]


@pytest.mark.parametrize(("pods", "expected"), [(20, [2, 4, 10]), (4, [2, 2, 2]), (2, [2, 2, 2])])
def test_fixed_pods_of_the_new_version_follow_its_share(files: Files, pods: int, expected: list[int]) -> None:
    found = [
        at_step(files, step, rollout=CANARY, replicas=pods)["Deployment", "web-next"]["spec"]["replicas"]
        for step in (1, 2, 3)
    ]
    assert found == expected


def test_blue_and_green_are_both_in_full_size(files: Files) -> None:
    for step, expected in ((1, {"web": 100}), (2, {"web-next": 100})):
        found = at_step(files, step, rollout=BLUE_GREEN, **SCALED)
        assert shares(found) == expected
        assert found["HorizontalPodAutoscaler", "web-next"]["spec"]["minReplicas"] == 10
        assert at_step(files, step, rollout=BLUE_GREEN, replicas=4)["Deployment", "web-next"]["spec"]["replicas"] == 4


def test_the_service_itself_gets_the_image_while_its_new_version_has_the_calls(files: Files) -> None:
    at_step(files, 2, rollout=BLUE_GREEN)
    releases(files, {"images": {"web": NEW}, "rollouts": {"web": {"image": NEW, "step": 2}}})
    found = {(one["kind"], one["metadata"]["name"]): one for one in offline_objects(files.resolve())}
    assert images(found) == {"web": NEW, "web-next": NEW}
    assert shares(found) == {"web-next": 100}


def test_a_rollout_that_is_not_in_steps_here_is_told_at_the_release(files: Files) -> None:
    at_step(files, 1, rollout=CANARY)
    files.services["web"]["rollout"] = {}
    assert "SW3405 spec.rollouts.web" in files.problems()
    files.services["web"]["rollout"] = {"strategy": "canary", "steps": [{"weight": 5}]}
    assert files.problems() == []
    del files.platform["environments"]["dev"]["mesh"]
    files.platform["environments"]["dev"]["whenMissing"] = "omit"
    assert files.problems() == ["SW3205 spec.services.web.rollout.strategy", "SW3405 spec.rollouts.web"]
