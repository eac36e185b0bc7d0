"""An API server that is gone, silent or moody: every command ends in its time, names the culprit and loses nothing."""

import copy
import re
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
import yaml

from components.manifests.workloads.workload import rollout_seconds
from schemas.project import read
from schemas.resolve import resolve
from tests.cluster.proxy import Mood, Proxy
from tests.cluster.test_kills import AFTER, BEFORE, DESTROY, UP
from tests.edits.fleet import Single
from tests.edits.kills import discord, stackwright

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
def test_a_cluster_that_is_gone_is_named_at_once(project: Single) -> None:
    project.must(*UP)
    told = yaml.safe_load(project.kubeconfig.read_text())
    told["clusters"][0]["cluster"]["server"] = "http://127.0.0.1:6444"
    project.kubeconfig.write_text(yaml.safe_dump(told))
    for verb, words in (
        (("preview",), "the cluster at http://127.0.0.1:6444 can't be reached: Connection refused. Nothing was"),
        (UP, "the cluster at http://127.0.0.1:6444 can't be reached: Connection refused. Nothing was changed."),
        (DESTROY, "configured Kubernetes cluster is unreachable"),
    ):
        done = ended(project, ANSWER_SECONDS, *verb)
        assert done.returncode != 0
        assert words in done.stdout
    assert "the cluster at http://127.0.0.1:6444 can't be reached" in asked(project)
    assert "Objects without a state were not looked for: the cluster at http" in recovered(project)


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
        done = ended(project, seconds, *verb)
        assert done.returncode != 0
        assert words in done.stdout
    begun = time.monotonic()
    assert "did not answer within 10 s" in asked(project)
    assert "did not answer within 10 s" in recovered(project)
    assert time.monotonic() - begun < 2 * FIRST_ANSWER_SECONDS + ENGINE_SECONDS


@pytest.mark.prove
def test_a_slow_cluster_is_waited_for(project: Single, proxy: Proxy) -> None:
    """Each answer takes a second, which is long and still in time."""
    proxy.mood = Mood(delay_seconds=1)
    assert ended(project, bound(project), "preview").returncode == 0
    for spec in (BEFORE, AFTER):
        project.write({project.application: spec})
        done = ended(project, bound(project), *UP)
        assert done.returncode == 0, done.stdout
        assert discord(project) == []
    assert asked(project).count("serve") == len(AFTER["services"])
    assert ended(project, bound(project), *DESTROY).returncode == 0


@pytest.mark.prove
def test_a_cluster_that_falls_silent_is_named_with_the_object(project: Single, proxy: Proxy) -> None:
    project.must(*UP)
    proxy.mood = Mood(silent=lambda path: "/deployments/web" in path)
    project.write({project.application: AFTER})
    # One answer is not waited for, and once more to see how far the object came.
    done = ended(project, 3 * ANSWER_SECONDS, *UP)
    assert done.returncode != 0
    # Go tells the same end of patience in two ways, by whichever of its clocks is first.
    patience = r'/deployments/web\?timeout=30s": (context deadline exceeded|net/http: request canceled)'
    assert re.search(patience, done.stdout), done.stdout


@pytest.mark.sandbox
def test_a_moody_cluster_loses_nothing(project: Single, proxy: Proxy) -> None:
    """One request in four is answered with 429 or 500; what fails names its object, and the next run mends it."""
    spec = copy.deepcopy(BEFORE)
    for number in range(3):
        proxy.mood = Mood(refuse=0.25, seed=number)
        spec["services"]["web"]["env"]["ROUND"] = str(number)
        project.write({project.application: spec})
        for verb in (("preview",), UP):
            named(project, ended(project, bound(project), *verb))
    assert proxy.refused > 0
    proxy.mood = Mood()
    project.must(*UP)
    assert discord(project) == []
    proxy.mood = Mood(refuse=0.25)
    named(project, ended(project, bound(project), *DESTROY))
    proxy.mood = Mood()
    project.must(*DESTROY)


def ended(project: Single, seconds: float, *verb: str) -> subprocess.CompletedProcess[str]:
    """Run pulumi, which must end within so many seconds and what the engine takes for itself, in words for a person."""
    begun = time.monotonic()
    done = project.run(*verb)
    assert time.monotonic() - begun < seconds + ENGINE_SECONDS, verb
    assert "Traceback" not in done.stdout + done.stderr
    return done


def named(project: Single, done: subprocess.CompletedProcess[str]) -> None:
    """A run that failed says what the cluster said, and about which object."""
    if done.returncode:
        assert "not now" in done.stdout
        assert project.application in done.stdout


def asked(project: Single) -> str:
    """Return what `stackwright status` says."""
    file = f"applications/{project.application}.yaml"
    where = ("--platform", "platform.yaml", "--kubeconfig", str(project.kubeconfig))
    done = stackwright(project, "status", file, *where, "--env", "dev")
    return done.stdout + done.stderr


def recovered(project: Single) -> str:
    """Return what `stackwright recover` says."""
    done = stackwright(project, "recover", "--stack", project.name, "--yes")
    return done.stdout + done.stderr


def bound(project: Single) -> int:
    """Return how long the longest rollout of the project may take."""
    file = project.folder / "applications" / f"{project.application}.yaml"
    services = resolve(read(file, project.folder / "platform.yaml"), "dev").application.services
    return max(map(rollout_seconds, services.values()))
