import os
import platform
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from sandbox import environment, lifecycle
from sandbox.addons.catalogue import CORE, ON_DEMAND
from sandbox.errors import SandboxError
from sandbox.layout import Layout
from sandbox.tools import go
from sandbox.tools.catalogue import CONTROL_PLANE, ENGINE, NODE, PINS, SIMULATION, GoTool

WAYS_OUT = "Use another cluster (stack config `stackwright:kubeconfig`), or `stackwright sandbox up --nodes simulated`"


@pytest.fixture
def here(tmp_path: Path) -> Layout:
    return Layout(root=tmp_path / "state", cache=tmp_path / "cache")


def test_another_system_is_told_the_two_ways_out(monkeypatch: pytest.MonkeyPatch, here: Layout) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    with pytest.raises(SandboxError) as caught:
        lifecycle.up(where=here)
    assert str(caught.value).startswith(f"A real node cannot run here: this is Darwin, not Linux. {WAYS_OUT}")
    assert not here.root.exists()


def test_a_user_without_root_is_told_the_two_ways_out(monkeypatch: pytest.MonkeyPatch, here: Layout) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SandboxError, match=r"it needs root, for containers and their network\. Use another cluster"):
        lifecycle.up(where=here)
    assert not here.root.exists()


def test_a_system_without_containerd_is_told_so(monkeypatch: pytest.MonkeyPatch, here: Layout) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(
        SandboxError,
        match="containerd is not installed and this is not a Debian system, from whose packages it could be had",
    ):
        lifecycle.up(where=here)


def test_the_command_line_tells_a_failure_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    done = CliRunner().invoke(app, ["sandbox", "up"])
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert WAYS_OUT in done.output


def test_the_environment_is_the_sandboxs_alone(here: Layout) -> None:
    given = environment.variables(here)
    assert given["PATH"].startswith(f"{here.bin}:")
    assert {name for name, value in given.items() if str(here.root) in value} == {
        "PATH",
        "PULUMI_HOME",
        "PULUMI_BACKEND_URL",
        "PULUMI_CONFIG_PASSPHRASE_FILE",
        "KUBECONFIG",
        "BUILDX_CONFIG",
        "DOCKER_CONFIG",
    }


def test_env_prints_what_a_shell_can_read() -> None:
    lines = CliRunner().invoke(app, ["sandbox", "env"]).output.splitlines()
    parsed = dict(shlex.split(line)[1].split("=", 1) for line in lines)
    assert parsed == environment.variables()


def tools() -> list[GoTool]:
    addons = [tool for addon in (*CORE, *ON_DEMAND) for tool in addon.builds]
    return [*ENGINE, *CONTROL_PLANE, *NODE, *SIMULATION, *addons]


@pytest.mark.parametrize("tool", tools(), ids=lambda tool: tool.name)
def test_every_tool_has_its_pins(tool: GoTool) -> None:
    folder = PINS / tool.family
    assert (folder / "go.mod").is_file()
    assert (folder / "go.sum").is_file() or "require" not in (folder / "go.mod").read_text()


def test_a_tools_place_changes_with_its_pins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(PINS / "etcd", tmp_path / "etcd")
    monkeypatch.setattr(go, "PINS", tmp_path)
    tool = next(tool for tool in CONTROL_PLANE if tool.name == "etcd")
    before = go.key_of(tool)
    with (tmp_path / "etcd" / "go.sum").open("a") as file:
        file.write("\n")
    assert go.key_of(tool) != before


def test_a_half_built_tool_is_not_taken_for_whole(here: Layout) -> None:
    tool = next(tool for tool in NODE if tool.name == "pause")
    target = here.cache / "tools" / f"pause-{go.key_of(tool)}" / "pause"
    target.parent.mkdir(parents=True)
    target.with_suffix(".building").write_bytes(b"half")
    built = go.built(here, (tool,))["pause"]
    assert built == target
    assert built.read_bytes()[:4] == b"\x7fELF"
