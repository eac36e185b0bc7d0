"""`stackwright import` and `render --format compose`: what goes to which stream, and how they end."""

from pathlib import Path

import yaml
from typer.testing import CliRunner

from cli.main import app
from tests.conftest import ROOT

CASE = ROOT / "tests" / "importers" / "cases" / "list"
SPEC = ROOT / "tests" / "cases" / "short_forms" / "application.yaml"
PLATFORM = str(ROOT / "tests" / "cases" / "platform.yaml")


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.stdout, done.stderr


def test_the_spec_goes_out_and_the_notes_to_the_error_stream() -> None:
    code, out, told = run("import", str(CASE / "source.yaml"), "--name", "desk", "--owner", "blue")
    assert code == 0
    assert yaml.safe_load(out) == yaml.safe_load((CASE / "application.yaml").read_text())
    assert told.count("warning:") == len((CASE / "notes.txt").read_text().splitlines())


def test_one_note_is_told_as_one(tmp_path: Path) -> None:
    file = tmp_path / "kept.yaml"
    file.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept}\ndata: {A: b}\n")
    _, out, _ = run("import", str(file))
    assert out.splitlines()[1] == f"# Imported from {file}. One note tells what it says otherwise or not at all."


def test_a_source_that_cannot_be_read_prints_no_spec(tmp_path: Path) -> None:
    code, out, told = run("import", str(tmp_path / "nowhere.yaml"))
    assert (code, out) == (1, "")
    assert "nowhere.yaml: the file cannot be read: No such file or directory. [SW7001]" in told


def test_a_file_of_this_language_is_told_to_be_one() -> None:
    code, out, told = run("import", str(SPEC))
    assert (code, out) == (1, "")
    assert told == (
        f"{SPEC}:1:13: apiVersion: this is a file of Stackwright of the kind `Application` already, and nothing is to be"
        " imported. Name manifests or a compose file. [SW7007]\n"
    )


def test_a_source_of_which_nothing_is_left_prints_no_spec(tmp_path: Path) -> None:
    file = tmp_path / "half.yaml"
    file.write_text("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n")
    code, out, told = run("import", str(file))
    assert (code, out) == (1, "")
    assert told == (
        f"{file}:1:1: nothing that was found can stand in a spec, so none is printed. [SW7003]\n"
        f"{file}:1:1: warning: no container stands in the object, and it is left out. [SW7005]\n"
    )


def test_an_import_of_a_folder_is_called_like_it(tmp_path: Path) -> None:
    (tmp_path / "my-shop").mkdir()
    (tmp_path / "my-shop" / "a.yaml").write_text((CASE / "source.yaml").read_text())
    code, out, _ = run("import", str(tmp_path / "my-shop" / "a.yaml"))
    assert code == 0
    assert yaml.safe_load(out)["metadata"] == {"name": "my-shop", "owner": "unknown"}


def test_a_compose_file_is_printed_or_written(tmp_path: Path) -> None:
    arguments = ("render", str(SPEC), "--platform", PLATFORM, "--format", "compose", "--env", "dev")
    code, out, _ = run(*arguments)
    assert code == 0
    assert yaml.safe_load(out)["name"] == "shop"
    assert run(*arguments, "-o", str(tmp_path / "out"))[0] == 0
    assert (tmp_path / "out" / "compose.yaml").read_text() == out


def test_a_compose_file_is_of_one_environment() -> None:
    code, out, told = run("render", str(SPEC), "--platform", PLATFORM, "--format", "compose")
    assert (code, out) == (1, "")
    assert "a compose file is of one environment. Name it with --env. [SW7113]" in told
