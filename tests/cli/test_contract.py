"""The contract of the command line, the same for every verb; docs/cli.md tells it."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import VERBS, app
from tests.conftest import ROOT, Files


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.mark.parametrize("verb", VERBS)
def test_a_help_teaches_by_an_example(verb: str) -> None:
    shown = call(verb, "--help").stdout
    example = re.search(rf"Examples?:\s+.*?(stackwright {verb}\b.*)", shown)
    assert example is not None
    assert "╭" not in shown


@pytest.mark.parametrize("verb", VERBS)
def test_an_unknown_option_is_a_plain_sentence_and_exits_with_2(verb: str) -> None:
    done = call(verb, "--nonesuch")
    assert done.exit_code == 2
    assert "--nonesuch" in done.stderr
    assert not set("╭│╰─") & set(done.stderr)
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["validate", "application.yaml"], 0),
        (["validate", "wrong.yaml"], 1),
        (["validate", "missing.yaml"], 1),
        (["validate"], 2),
        (["show", "application.yaml", "--env", "dev"], 0),
        (["show", "wrong.yaml", "--env", "dev"], 1),
        (["show", "application.yaml"], 2),
        (["show", "application.yaml", "--env", "nope"], 2),
        (["show", "application.yaml", "--env", "dev", "--location", "nope"], 2),
        (["explain", "application.yaml", "services.web", "--env", "nope"], 2),
        (["render", "application.yaml", "--env", "nope"], 2),
        (["render", "application.yaml", "--env", "nope", "--format", "compose"], 2),
        (["show", "wrong.yaml", "--env", "nope"], 1),
        (["upgrade", "application.yaml", "--baseline", "nope"], 2),
        (["explain", "application.yaml", "services.web", "--env", "dev"], 0),
        (["explain", "wrong.yaml", "services.web", "--env", "dev"], 1),
        (["explain", "application.yaml", "services.nope", "--env", "dev"], 2),
        (["explain", "SW0000"], 2),
        (["explain", "SW4401"], 0),
        (["render", "application.yaml"], 0),
        (["render", "wrong.yaml"], 1),
        (["schema", "platform"], 0),
        (["schema", "deployment"], 2),
        (["schema", "application", "-o", "none/schema.json"], 2),
        (["render", "application.yaml", "-o", "application.yaml"], 2),
        (["upgrade", "application.yaml"], 0),
        (["upgrade", "wrong.yaml", "--baseline", "x"], 1),
        (["init"], 2),
        (["nonesuch"], 2),
    ],
)
def test_an_exit_code_means_the_same_for_every_verb(
    files: Files, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int
) -> None:
    files.write()
    (files.folder / "wrong.yaml").write_text((files.folder / "application.yaml").read_text().replace("port", "prot"))
    monkeypatch.chdir(files.folder)
    done = call(*arguments)
    assert done.exit_code == code
    assert "Traceback" not in done.output
    assert bool(done.stderr) or code == 0


def test_the_document_of_the_command_line_names_every_verb_and_code() -> None:
    text = (ROOT / "docs" / "cli.md").read_text()
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(VERBS)
    assert re.findall(r"^\| (\d) \|", text, re.MULTILINE) == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("show application.yaml --env ", ["dev"]),
        ("status --env dev application.yaml --service w", ["web"]),
        ("sho", ["show"]),
    ],
)
def test_a_shell_completes_verbs_and_names(
    files: Files, monkeypatch: pytest.MonkeyPatch, words: str, expected: list[str]
) -> None:
    files.write()
    monkeypatch.chdir(files.folder)
    asked = {
        "_STACKWRIGHT_COMPLETE": "complete_bash",
        "COMP_WORDS": f"stackwright {words}",
        "COMP_CWORD": str(len(f"stackwright {words}".split(" ")) - 1),
    }
    done = CliRunner().invoke(app, [], env=asked, prog_name="stackwright")
    assert done.stdout.split() == expected


def test_completion_of_what_cannot_be_read_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = {
        "_STACKWRIGHT_COMPLETE": "complete_bash",
        "COMP_WORDS": "stackwright show a.yaml --env ",
        "COMP_CWORD": "4",
    }
    done = CliRunner().invoke(app, [], env=asked, prog_name="stackwright")
    assert done.stdout.split() == []
