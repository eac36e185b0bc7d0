"""An API server that is gone, silent or moody: every command ends in its time, names the culprit and loses nothing."""

import copy
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from components.manifests.workloads.workload import rollout_seconds
from schemas.project import read
from schemas.resolve import resolve
from tests.cluster.proxy import Mood, Proxy
from tests.cluster.test_kills import AFTER, BEFORE, DESTROY, UP
from tests.edits.fleet import Single
from tests.edits.kills import discord

FIRST_ANSWER_SECONDS = 10
"""How long the program waits for any answer before it begins, as `stacks/reach.py` says."""
ANSWER_SECONDS = 30
"""How long the provider waits for one answer, as `stacks/cluster.py` says."""
ENGINE_SECONDS = 30
"""What the engine may take for itself on a busy machine."""


@pytest.fixture
def project(single: Callable[..., Single], proxy: Proxy) -> Iterator[Single]:
    one = single("troubled", kubeconfig=proxy.kubeconfig)
    one.write({one.application: BEFORE})
    yield one
    proxy.mood = Mood()
    one.run(*DESTROY)


@pytest.mark.sandbox
def test_a_cluster_that_is_gone_is_named_at_once(project: Single, tmp_path: Path) -> None:
    told = yaml.safe_load(project.kubeconfig.read_text())
    told["clusters"][0]["cluster"]["server"] = "http://127.0.0.1:6444"
    project.kubeconfig = tmp_path / "gone.kubeconfig"
    project.kubeconfig.write_text(yaml.safe_dump(told))
    project.write({project.application: BEFORE})
    for verb in (("preview",), UP):
        done = project.run(*verb)
        assert done.returncode != 0
        assert "the cluster at http://127.0.0.1:6444 can't be reached: Connection refused" in done.stdout
        assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.prove
def test_a_silent_cluster_ends_every_command(project: Single, proxy: Proxy) -> None:
    project.must(*UP)
    proxy.mood = Mood(silent=lambda _: True)
    project.write({project.application: AFTER})
    for verb, words, seconds in (
        (("preview",), "did not answer within 10 s. Nothing was changed.", FIRST_ANSWER_SECONDS),
        (UP, "did not answer within 10 s. Nothing was changed.", FIRST_ANSWER_SECONDS),
        # The program is not asked; the provider asks twice what the cluster can do.
        (DESTROY, "configured Kubernetes cluster is unreachable", 2 * ANSWER_SECONDS),
    ):
        begun = time.monotonic()
        done = project.run(*verb)
        assert time.monotonic() - begun < seconds + ENGINE_SECONDS
        assert done.returncode != 0
        assert words in done.stdout


@pytest.mark.prove
def test_a_cluster_that_falls_silent_is_named_with_the_object(project: Single, proxy: Proxy) -> None:
    project.must(*UP)
    proxy.mood = Mood(silent=lambda path: "/deployments/web" in path)
    project.write({project.application: AFTER})
    begun = time.monotonic()
    done = project.run(*UP)
    # One answer is not waited for, and once more to see how far the object came.
    assert time.monotonic() - begun < 3 * ANSWER_SECONDS + ENGINE_SECONDS
    assert done.returncode != 0
    assert '/deployments/web?timeout=30s": context deadline exceeded' in done.stdout


@pytest.mark.sandbox
def test_a_moody_cluster_loses_nothing(project: Single, proxy: Proxy) -> None:
    """One request in four is answered with 429 or 500; what fails names its object, and the next run mends it."""
    spec = copy.deepcopy(BEFORE)
    for number in range(3):
        proxy.mood = Mood(refuse=0.25, seed=number)
        spec["services"]["web"]["env"]["ROUND"] = str(number)
        project.write({project.application: spec})
        begun = time.monotonic()
        done = project.run(*UP)
        assert time.monotonic() - begun < bound(project) + ENGINE_SECONDS
        if done.returncode:
            assert "not now" in done.stdout
            assert project.application in done.stdout
            assert "Traceback" not in done.stdout
    assert proxy.refused > 0
    proxy.mood = Mood()
    project.must(*UP)
    assert discord(project) == []


def bound(project: Single) -> int:
    """Return how long the longest rollout of the project may take."""
    file = project.folder / "applications" / f"{project.application}.yaml"
    services = resolve(read(file, project.folder / "platform.yaml"), "dev").application.services
    return max(map(rollout_seconds, services.values()))
