"""`stackwright recover`, with a `pulumi` of canned answers; `tests/cluster/test_kills.py` runs the real one."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from cli.main import app
from components.manifests.objects import OWNER
from tests.conftest import Files
from tests.live.cluster import Canned, canned

PULUMI = """#!/bin/sh
echo "$@" >> calls
case "$1 $2" in
  "stack export") cat state.json ;;
  "whoami --json") echo '{"url": "file://'$PWD'/backend"}' ;;
  "config --json") cat config.json ;;
esac
"""


@pytest.fixture
def api(files: Files, monkeypatch: pytest.MonkeyPatch) -> Iterator[Canned]:
    folder = files.folder
    files.project()
    (folder / "Pulumi.yaml").write_text("name: p\nruntime: python\n")
    (folder / "pulumi").write_text(PULUMI)
    (folder / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.chdir(folder)
    with canned(folder) as (answers, kubeconfig):
        settings = {"application": "application.yaml", "platform": "platform.yaml", "kubeconfig": str(kubeconfig)}
        told = {f"stackwright:{key}": {"value": value} for key, value in settings.items()}
        (folder / "config.json").write_text(json.dumps(told))
        state(folder)
        yield answers


def state(folder: Path, *operations: dict[str, object]) -> None:
    (folder / "state.json").write_text(json.dumps({"deployment": {"pending_operations": list(operations)}}))


def lock(folder: Path, pid: int, host: str) -> None:
    place = folder / "backend" / ".pulumi" / "locks" / "organization" / "p" / "dev"
    place.mkdir(parents=True)
    told = {"pid": pid, "username": "me", "hostname": host, "timestamp": "yesterday"}
    (place / "one.json").write_text(json.dumps(told))


def recover(*more: str) -> Result:
    return CliRunner().invoke(app, ["recover", "--stack", "dev", *more])


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().splitlines()


def test_nothing_is_done_when_nothing_was_interrupted(files: Files, api: Canned) -> None:  # noqa: ARG001
    done = recover()
    assert done.stdout == "Nothing of an interrupted run was found.\nNext: pulumi up --stack dev\n"
    assert not any("cancel" in call or "import" in call for call in calls(files.folder))


def test_all_that_was_left_is_told_and_cleared(files: Files, api: Canned) -> None:
    lock(files.folder, 1, "elsewhere")
    state(
        files.folder, {"type": "creating", "resource": {"urn": "urn:pulumi:dev::p::kubernetes:apps/v1:Deployment::web"}}
    )
    notes = {OWNER: "organization/p/dev"}
    api.listed(
        "/api/v1/namespaces/shop-dev/serviceaccounts",
        {"metadata": {"name": "web", "annotations": notes}},
        {"metadata": {"name": "gone", "annotations": notes}},
    )
    done = recover("--yes")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "locked by me on elsewhere (process 1) since yesterday: the lock is removed",
        "begun and not recorded: creating Deployment web: the next up looks again",
        "in the cluster, wanted and not in the state: `ServiceAccount web`: the next up takes over",
        "in the cluster, not wanted and not in the state: ServiceAccount gone: removed",
        "Next: pulumi up --stack dev",
    ]
    assert api.deleted == ["/api/v1/namespaces/shop-dev/serviceaccounts/gone"]
    assert "cancel dev --yes --non-interactive" in calls(files.folder)
    assert any(call.startswith("stack import") for call in calls(files.folder))


def test_what_was_half_written_goes(files: Files, api: Canned) -> None:  # noqa: ARG001
    note = files.folder / "backend" / ".pulumi" / "stacks" / "p" / "dev.json.attrs"
    note.parent.mkdir(parents=True)
    note.write_text("")
    assert "half written and not needed: dev.json.attrs: removed\n" in recover("--yes").stdout
    assert not note.exists()


def test_a_run_that_goes_on_is_left_alone(files: Files, api: Canned) -> None:  # noqa: ARG001
    lock(files.folder, os.getpid(), socket.gethostname())
    done = recover("--yes")
    assert done.exit_code == 1
    assert f"A run is going on: process {os.getpid()} on this machine" in done.output


def test_nothing_is_done_without_consent(files: Files, api: Canned) -> None:  # noqa: ARG001
    lock(files.folder, 1, "elsewhere")
    assert recover().exit_code == 1
    assert not any("cancel" in call for call in calls(files.folder))


def test_a_cluster_that_is_gone_hides_nothing_else(files: Files, api: Canned) -> None:  # noqa: ARG001
    config = json.loads((files.folder / "config.json").read_text())
    told = yaml.safe_load((files.folder / "kubeconfig").read_text())
    told["clusters"][0]["cluster"]["server"] = "http://127.0.0.1:1"
    Path(config["stackwright:kubeconfig"]["value"]).write_text(yaml.safe_dump(told))
    lock(files.folder, 1, "elsewhere")
    done = recover("--yes")
    assert done.exit_code == 0
    assert (
        "Objects without a state were not looked for: the cluster at http://127.0.0.1:1 can't be reached" in done.output
    )
    assert "the lock is removed" in done.output
