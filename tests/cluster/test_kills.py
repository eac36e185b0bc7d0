"""The engine is killed in the middle of a run: nothing is lost, doubled or orphaned after the next."""

import copy
import json
import random
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from components.manifests.objects import OWNER
from tests.edits.fleet import Single, live
from tests.edits.generate import QUICK
from tests.edits.kills import discord, events_of, kill_at, recover

SEED = 4

BEFORE: dict[str, Any] = {
    "services": {
        "web": {
            "type": "worker",
            "image": "example.test/web:1",
            "env": {"TOKEN": {"secret": "api", "key": "token"}},
            "files": {"/etc/web/settings": {"content": "one"}},
            "replicas": 1,
            **QUICK,
        },
    },
    "secrets": {"api": {"keys": ["token"]}},
}
AFTER: dict[str, Any] = copy.deepcopy(BEFORE)
AFTER["services"]["web"] |= {
    "image": "example.test/web:2",
    "scaling": {"min": 1, "max": 3, "targets": {"cpuPercent": 70}},
}
AFTER["services"]["web"]["files"]["/etc/web/settings"]["content"] = "two"
AFTER["services"]["web"].pop("replicas")
AFTER["services"]["web"].pop("env")
AFTER.pop("secrets")
AFTER["services"]["tidy"] = {"type": "worker", "image": "example.test/tidy:1", "replicas": 1, **QUICK}

UP = ("up", "--yes", "--skip-preview")
DESTROY = ("destroy", "--yes", "--skip-preview")


def killed_and_whole(project: Single, points: Sequence[int | None]) -> list[bool]:
    """Kill an `up`, an update and a `destroy` at these events; return whether each kill came before the end."""
    landed = []
    for spec, point, verb in ((BEFORE, points[0], UP), (AFTER, points[1], UP), (AFTER, points[2], DESTROY)):
        project.write({project.application: spec})
        if point is not None:
            landed.append(not kill_at(project, point, *verb).ended)
            said = recover(project)
            # Behind its last event a run has let go of its lock, and left nothing.
            assert not landed[-1] or "the lock is removed" in said or "Nothing of an interrupted run" in said
        project.must(*verb)
        if verb is UP:
            assert discord(project) == [], f"killed at {points} in {verb[0]}"
        else:
            assert json.loads(project.must("stack", "export"))["deployment"].get("resources") is None
            assert live(project.environment, "-n", f"{project.application}-dev") == {}
            assert namespace(project) == ""
    return landed


def namespace(project: Single) -> str:
    """Return the project's namespace, or nothing when it is gone."""
    return kubectl(project, "get", "namespace", f"{project.application}-dev", "--ignore-not-found", "-o", "name")


def kubectl(project: Single, *arguments: str) -> str:
    done = subprocess.run(["kubectl", *arguments], env=project.environment, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.sandbox
def test_whatever_differs_is_seen(single: Callable[..., Single]) -> None:
    """The comparison after a kill, held against a cluster and a state that somebody else has changed."""
    project = single("differs")
    project.write({project.application: BEFORE})
    project.must(*UP)
    assert discord(project) == []
    place = ("-n", "differs-dev")
    kubectl(project, "delete", "serviceaccount", "web", *place)
    kubectl(project, "scale", "deployment", "web", "--replicas=3", *place)
    kubectl(project, "create", "configmap", "left", *place)
    kubectl(project, "annotate", "configmap", "left", f"{OWNER}=organization/fleet/differs", *place)
    assert sorted(discord(project)) == [
        "in the cluster: ('Deployment', 'differs-dev', 'web').spec.replicas: 3 instead of 1",
        "not in the cluster: ('ServiceAccount', 'differs-dev', 'web')",
        "orphan: ('ConfigMap', 'differs-dev', 'left')",
    ]
    project.must("refresh", "--yes", "--skip-preview")
    assert "not in the state: ('ServiceAccount', 'differs-dev', 'web')" in discord(project)
    project.must(*DESTROY)
    assert namespace(project) == ""


@pytest.mark.sandbox
def test_a_note_that_is_cut_off_does_not_hide_the_state(single: Callable[..., Single]) -> None:
    """The engine dies within the microseconds in which it writes a file that is of no use."""
    project = single("torn", fast=False)
    project.write({project.application: BEFORE})
    project.must(*UP)
    note = project.folder / "state" / ".pulumi" / "stacks" / "fleet" / "torn.json.attrs"
    assert note.stat().st_size
    note.write_text("")
    assert "failed to load checkpoint: EOF" in project.run("preview").stderr
    assert "half written and not needed: torn.json.attrs: removed" in recover(project)
    project.must("preview", "--expect-no-changes")
    project.must(*DESTROY)


@pytest.mark.sandbox
def test_a_record_that_is_lost_as_a_whole_is_made_again(tmp_path: Path, single: Callable[..., Single]) -> None:
    """What a kill at the very end of a fast first `up` loses; and the spec has changed by the next run."""
    project = single("lost")
    project.write({project.application: BEFORE})
    project.must(*UP)
    state = json.loads(project.must("stack", "export"))
    state["deployment"].pop("resources")
    (tmp_path / "empty.json").write_text(json.dumps(state))
    project.must("stack", "import", "--file", str(tmp_path / "empty.json"))
    for spec in (AFTER, BEFORE):
        project.write({project.application: spec})
        recover(project)
        project.must(*UP)
        assert discord(project) == []
    project.must(*DESTROY)
    assert namespace(project) == ""


@pytest.mark.sandbox
@pytest.mark.parametrize("fast", [False, True], ids=["default", "fast"])
def test_a_killed_engine_loses_nothing(single: Callable[..., Single], fast: bool) -> None:
    chance = random.Random(SEED + fast)  # noqa: S311 - moments, not secrets
    project = single(f"killed-{'fast' if fast else 'default'}", fast=fast)
    landed = killed_and_whole(project, (chance.randint(8, 24), chance.randint(8, 24), chance.randint(4, 12)))
    assert landed == [True, True, True]


@pytest.mark.prove
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("fast", [False, True], ids=["default", "fast"])
def test_a_killed_engine_loses_nothing_wherever_it_is_killed(
    single: Callable[..., Single],
    fast: bool,
) -> None:
    project = single(f"matrix-{'fast' if fast else 'default'}", fast=fast)
    project.write({project.application: BEFORE})
    numbers = [events_of(project, *UP)]
    project.write({project.application: AFTER})
    numbers.append(events_of(project, *UP))
    numbers.append(events_of(project, *DESTROY))
    landed, broken = 0, []
    for point in range(1, max(numbers) + 1):
        try:
            landed += sum(killed_and_whole(project, [point if point <= number else None for number in numbers]))
        except AssertionError as error:
            broken.append(f"event {point}: {error}")
            print(f"\n{broken[-1]}")
            recover(project)
            project.must(*DESTROY)
        print(f"\rkilled at event {point} of {numbers}", end="", flush=True)
    print(
        f"\n{'fast' if fast else 'default'}: events of up, update and destroy {numbers}; {landed} kills before the end"
    )
    assert broken == []
