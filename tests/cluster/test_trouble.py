"""An API server that is gone, silent or moody: every command ends in its time, names the culprit and loses nothing."""

import copy
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.cluster.proxy import Mood, Proxy
from tests.cluster.test_kills import AFTER, BEFORE, DESTROY, UP
from tests.edits.fleet import Single
from tests.edits.kills import discord

pytestmark = pytest.mark.sandbox

ANSWER_SECONDS = 30
"""How long the provider waits for one answer, as `stacks/cluster.py` says."""


@pytest.fixture
def project(tmp_path: Path, proxy: Proxy) -> Iterator[Single]:
    one = Single(tmp_path / "project", "troubled", proxy.kubeconfig)
    one.write({one.application: BEFORE})
    yield one
    proxy.mood = Mood()
    one.run(*DESTROY)


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


def test_a_silent_cluster_ends_every_command(project: Single, proxy: Proxy) -> None:
    project.must(*UP)
    proxy.mood = Mood(silent=lambda _: True)
    project.write({project.application: AFTER})
    for verb in (("preview",), UP, DESTROY):
        begun = time.monotonic()
        done = project.run(*verb)
        took = time.monotonic() - begun
        print(verb, took, done.stdout[-3000:])
        assert done.returncode != 0


def test_a_moody_cluster_loses_nothing(project: Single, proxy: Proxy) -> None:
    spec = copy.deepcopy(BEFORE)
    for number in range(12):
        proxy.mood = Mood(refuse=0.1, seed=number)
        spec["services"]["web"]["env"]["ROUND"] = str(number)
        project.write({project.application: spec})
        done = project.run(*UP)
        print(number, done.returncode, [line for line in done.stdout.splitlines() if "not now" in line][:2])
    proxy.mood = Mood()
    project.must(*UP)
    assert discord(project) == []
