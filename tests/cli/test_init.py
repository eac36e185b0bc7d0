import os
import pty
import runpy
import subprocess
import sys
from pathlib import Path

import pulumi
import pytest
import yaml
from typer.testing import CliRunner, Result

from cli.main import app
from tests.components.conftest import Recorder, recorder, run  # noqa: F401 - a fixture

ALL = ["--name", "shop", "--service", "web", "--image", "ghcr.io/acme/web:1.4", "--port", "8080", "--env", "dev,prod"]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "My Shop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def files() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*") if path.is_file())


def test_what_is_written_validates_and_renders() -> None:
    done = call("init", *ALL)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "wrote application.yaml",
        "wrote .stackwright/application.schema.json",
        "wrote platform.yaml",
        "wrote .stackwright/platform.schema.json",
        "Next: stackwright validate application.yaml",
    ]
    assert Path("application.yaml").read_text() == (
        "# yaml-language-server: $schema=.stackwright/application.schema.json\n"
        "apiVersion: stackwright.dev/v1\n"
        "kind: Application\n"
        "metadata: {name: shop, owner: team}\n"
        "spec:\n"
        "  services:\n"
        "    web:\n"
        "      image: ghcr.io/acme/web:1.4\n"
        "      port: 8080\n"
        "  environments:\n"
        "    dev: {services: {web: {replicas: 1}}}\n"
    )
    checked = call("validate", "application.yaml", "--format", "json")
    assert (checked.exit_code, checked.stdout) == (0, "[]\n")
    rendered = list(yaml.safe_load_all(call("render", "application.yaml").stdout))
    assert [one["spec"]["replicas"] for one in rendered if one["kind"] == "Deployment"] == [1, 2]


def test_nothing_but_the_image_needs_to_be_said() -> None:
    assert call("init", "--image", "ghcr.io/acme/mailer:2").exit_code == 0
    assert "metadata: {name: my-shop, owner: team}" in Path("application.yaml").read_text()
    assert "type: worker" in Path("application.yaml").read_text()
    assert call("validate", "application.yaml").exit_code == 0


@pytest.mark.parametrize(
    ("file", "language"), [("go.mod", "go"), ("package.json", "node"), ("pyproject.toml", "python")]
)
def test_a_folder_without_a_dockerfile_gets_one_for_its_language(file: str, language: str) -> None:
    Path(file).write_text("")
    assert call("init", "--build", ".", "--port", "80").exit_code == 0
    assert f'build: {{context: ".", language: {language}}}' in Path("application.yaml").read_text()
    assert call("validate", "application.yaml").exit_code == 0


def test_a_file_is_never_overwritten() -> None:
    Path("Pulumi.yaml").write_text("mine")
    done = call("init", *ALL, "--pulumi")
    assert (done.exit_code, done.stderr) == (2, "Pulumi.yaml: there already. Nothing was written.\n")
    assert files() == ["Pulumi.yaml"]


def test_nothing_is_left_of_what_would_be_wrong() -> None:
    done = call("init", "new", "--name", "Shop", "--build", "nowhere")
    assert done.exit_code == 1
    assert "metadata.name: `Shop` must be a name of lower-case letters" in done.stderr
    assert files() == []
    assert not Path("new").exists()


def test_a_platform_that_is_near_is_taken() -> None:
    assert call("init", *ALL).exit_code == 0
    assert call("init", "apps/second", *ALL, "--pulumi").exit_code == 0
    assert not Path("apps/second/platform.yaml").exists()
    config = yaml.safe_load(Path("apps/second/Pulumi.yaml").read_text())["config"]
    assert config == {"application": {"default": "application.yaml"}, "platform": {"default": "../../platform.yaml"}}


@pytest.mark.parametrize("more", [[], ["--image", "a/b:1", "--build", "."]])
def test_what_cannot_be_guessed_is_asked_for_in_an_error(more: list[str]) -> None:
    done = call("init", *more)
    assert done.exit_code == 2
    assert "`--build" in done.stderr
    assert files() == []


def test_the_pulumi_program_deploys_the_application(
    recorder: Recorder,  # noqa: F811
    in_a_folder_of_its_own: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(in_a_folder_of_its_own)
    assert call("init", *ALL, "--pulumi").exit_code == 0
    project = yaml.safe_load(Path("Pulumi.yaml").read_text())
    assert (project["name"], project["runtime"]) == ("shop", "python")
    defaults = {f"{pulumi.get_project()}:{key}": value["default"] for key, value in project["config"].items()}
    pulumi.runtime.set_all_config({**defaults, f"{pulumi.get_project()}:environment": "prod"})
    run(lambda: runpy.run_path("__main__.py") and None)
    namespaces = [one.inputs["metadata"]["name"] for one in recorder.registered if one.typ.endswith(":Namespace")]
    assert namespaces == ["shop-prod"]


def test_a_person_at_a_terminal_is_asked() -> None:
    ours, theirs = pty.openpty()
    command = [Path(sys.executable).parent / "stackwright", "init"]
    running = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True)
    os.close(theirs)
    os.write(ours, b"\nshop-team\n\nghcr.io/acme/web:1\n\n\n")
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # Linux says so when the other side is closed.
        pass
    os.close(ours)
    assert running.wait() == 0, shown.decode()
    assert "Application [my-shop]" in shown.decode()
    assert "metadata: {name: my-shop, owner: shop-team}" in Path("application.yaml").read_text()
    assert "port: 8080" in Path("application.yaml").read_text()
