"""`stackwright validate` over files and folders: what is checked, against what, and what is told."""

import errno
import io
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import inputs, progress
from cli.main import app
from schemas.text.yaml_text import yaml_text
from tests.cluster.waiting import eventually
from tests.conftest import ROOT

SERVICE: dict[str, Any] = {"image": "example.test/s:1", "port": 8080}
ENTRY: dict[str, Any] = {"domain": "dev.test", "registry": {"address": "r.test"}}
DIGEST = "sha256:" + "ab" * 32


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["validate", *arguments], input=text)


def document(kind: str, metadata: dict[str, Any], spec: dict[str, Any]) -> str:
    return yaml_text({"apiVersion": "stackwright.dev/v1", "kind": kind, "metadata": metadata, "spec": spec})


def application(name: str, **service: Any) -> str:
    return document("Application", {"name": name, "owner": "team"}, {"services": {"web": {**SERVICE, **service}}})


def platform(**environment: Any) -> str:
    return document("Platform", {"name": "acme"}, {"environments": {"dev": {**ENTRY, **environment}}})


def release(name: str) -> str:
    images = {"images": {"web": f"example.test/s@{DIGEST}"}}
    return document("Release", {"application": name, "environment": "dev"}, images)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "platform.yaml").write_text(platform())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def told(done: Result) -> list[str]:
    """Return each line of the error stream as its file and code."""
    return [f"{line.partition(':')[0]} {line[-7:-1]}" for line in done.stderr.splitlines()]


def test_a_format_that_is_none_is_answered_with_those_there_are() -> None:
    done = CliRunner().invoke(app, ["validate", ".", "--format", "toml"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.endswith(
        "Error: Invalid value for '--format': 'toml' is not one of 'text', 'json', 'sarif', 'github'.\n"
    )


def test_one_environment_cannot_be_chosen() -> None:
    done = CliRunner().invoke(app, ["validate", ".", "--env", "dev"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.endswith(
        "Error: Invalid value for --env: every environment is checked at once, so leave it out.\n"
    )


def test_applications_of_a_folder_are_checked_together(folder: Path) -> None:
    put(folder, {"a/application.yaml": application("a", connections={"web": {"application": "b", "port": 80}})})
    put(folder, {"b/deep/app.yaml": application("b", replicas="two"), "c.yaml": "kind: Deployment\n"})
    done = run(".")
    assert (done.exit_code, told(done)) == (1, ["b/deep/app.yaml SW2002"])
    put(folder, {"b/deep/app.yaml": application("b")})
    assert told(run(".")) == ["a/application.yaml SW4323"]
    inbound = {"access": {"inbound": {"a": {"application": "a", "service": "web"}}}}
    put(folder, {"b/deep/app.yaml": application("b", **inbound)})
    done = run(".")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "a/application.yaml, b/deep/app.yaml, platform.yaml: nothing is wrong, in any environment.\n"


def test_every_application_stands_on_its_nearest_platform(folder: Path) -> None:
    put(folder, {"a/application.yaml": application("a"), "b/application.yaml": application("b")})
    put(folder, {"b/platform.yaml": platform(limits={"requests": {"required": ["cpu"]}})})
    assert told(run("a", "b")) == ["b/application.yaml SW3105"]


def test_what_others_wrote_is_left_alone(folder: Path) -> None:
    wrong = application("x", replicas="two")
    put(folder, {"node_modules/x.yaml": wrong, "vendor/x.yaml": wrong, "a/application.yaml": application("a")})
    for name in (".git", ".venv", "venv"):
        put(folder / name, {"x.yaml": wrong})
    (folder / "a" / "link.yaml").symlink_to(folder / ".git" / "x.yaml")
    (folder / "a" / "up").symlink_to(folder)
    assert run(".").stderr == "a/application.yaml, platform.yaml: nothing is wrong, in any environment.\n"


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("platform.yaml", platform(domian="x"), "SW2001"),
        ("platform.yaml", platform(limits={"replicas": {"max": "many"}}), "SW2002"),
        ("release.yaml", release("a").replace(DIGEST, "sha256:short"), "SW2005"),
    ],
)
def test_a_platform_or_release_alone_is_checked(folder: Path, name: str, text: str, code: str) -> None:
    (folder / name).write_text(text)
    assert told(run(name)) == [f"{name} {code}"]


def test_a_platform_alone_is_merged_for_every_location(folder: Path) -> None:
    entry = {**ENTRY, "locations": {"eu": {"ingress": {"port": 8080}}}}
    text = document("Platform", {"name": "acme"}, {"environments": {"dev": entry}})
    (folder / "platform.yaml").write_text(text)
    assert told(run("platform.yaml")) == ["platform.yaml SW2004"]


def test_a_release_is_held_against_its_own_application(folder: Path) -> None:
    put(folder, {"a.yaml": application("a"), "b.yaml": application("b", image="example.test/other:1")})
    put(folder, {"release-a.yaml": release("a"), "release-b.yaml": release("b")})
    done = run("a.yaml", "b.yaml", "release-a.yaml", "release-b.yaml", "platform.yaml")
    assert told(done) == ["release-b.yaml SW4905"]


def test_a_release_of_nobody_is_checked_by_itself(folder: Path) -> None:
    put(
        folder,
        {"a.yaml": application("a"), "b.yaml": application("b"), "r.yaml": release("c").replace(DIGEST, "short")},
    )
    assert told(run("a.yaml", "b.yaml", "r.yaml")) == ["r.yaml SW2005"]


@pytest.mark.usefixtures("folder")
def test_the_only_platform_that_is_named_serves_who_has_no_nearer_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    put(elsewhere, {"a.yaml": application("a")})
    lonely = str(elsewhere / "a.yaml")
    assert told(run(lonely)) == [f"{lonely} SW1015"]
    assert run(lonely, "platform.yaml").exit_code == 0


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_not_there_is_told_before_its_platform() -> None:
    assert told(run("nowhere.yaml")) == ["nowhere.yaml SW1001"]


def test_a_folder_without_an_application_is_told(folder: Path) -> None:
    put(folder, {"empty/deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\n"})
    assert told(run("empty")) == ["empty SW8101"]


def test_a_folder_that_cannot_be_read_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, {"shut/a.yaml": application("a"), "x/shut/b.yaml": application("b"), "x/c.yaml": application("c")})
    scandir = os.scandir

    def guarded(path: Any) -> Any:
        if str(path).endswith("shut"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(inputs.os, "scandir", guarded)
    done = run("shut", "x")
    assert (told(done), done.exit_code) == (["shut SW8103", "x/shut SW8103"], 1)
    assert "shut: the folder cannot be read: Permission denied." in done.stderr


def test_a_folder_that_never_ends_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, {"many/a.yaml": application("a"), "many/b.yaml": "", "many/c.yaml": ""})
    monkeypatch.setattr(inputs, "MAX_FILES", 2)
    assert told(run("many")) == ["many SW8102"]


def test_a_folder_too_deep_is_not_followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, {"x/y/z/a.yaml": application("a")})
    assert run("x").exit_code == 0
    monkeypatch.setattr(inputs, "MAX_DEPTH", 1)
    assert told(run("x")) == ["x SW8101"]


def test_one_file_named_twice_is_one_application(folder: Path) -> None:
    put(folder, {"a.yaml": application("a")})
    assert run("a.yaml", ".", "./a.yaml").exit_code == 0


def test_an_editor_hands_over_what_is_not_saved(folder: Path) -> None:
    put(folder, {"a/application.yaml": application("a")})
    done = run("-", "--stdin-name", "a/application.yaml", text=application("a", replicas="two"))
    assert told(done) == ["a/application.yaml SW2002"]
    assert run("-", "--stdin-name", "a/new.yaml", text=application("a")).exit_code == 0


@pytest.mark.usefixtures("folder")
def test_unsaved_text_is_checked_as_a_file_is() -> None:
    assert "application.yaml SW1004" in told(run("-", text="a: ["))
    assert told(run("-", text="#" * (1 << 21))) == ["application.yaml SW1002"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"apiVersion": "stackwright.dev/v1", "kind": "Application"}', "application"),
        ("apiVersion: stackwright.dev/v1\nkind: Platform\n", "platform"),
        ("apiVersion: stackwright.dev/v1\nkind: 'Release'\n", "release"),
        ("apiVersion: argoproj.io/v1alpha1\nkind: Application\n", None),
        ("apiVersion: stackwright.dev/v1\n# the kind: Application\n", None),
        ("", None),
    ],
)
def test_a_file_says_what_it_is(tmp_path: Path, text: str, kind: str | None) -> None:
    (tmp_path / "file").write_text(text)
    assert inputs.kind_of(tmp_path / "file") == kind


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_person_who_waits_is_told_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    assert list(progress.watched(["a", "b"], "checking")) == ["a", "b"]
    assert terminal.getvalue() == ""
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.01)
    for item in progress.watched(["a", "b"], "checking"):
        if item == "a":
            # The first of all may be what takes so long.
            eventually(terminal.getvalue, bool, 30, pause=0.01)
    assert terminal.getvalue() == "\r\033[Kchecking 1 of 2: a\r\033[Kchecking 2 of 2: b\r\033[K"
    monkeypatch.setenv("TERM", "dumb")
    assert list(progress.watched(["a"], "checking")) == ["a"]
    assert terminal.getvalue().count("checking") == 2


def test_the_repositorys_own_files_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    found = inputs.found([Path("examples"), Path("stacks")])
    assert (found.applications, found.platforms) == (
        [Path("examples/shop/application.yaml"), Path("examples/tickets/application.yaml")],
        [Path("examples/tickets/platform.yaml"), Path("stacks/platform.yaml")],
    )
