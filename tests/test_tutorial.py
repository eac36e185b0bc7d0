"""The tutorial, typed as it is written: its files are written, its commands run, and what they say is what it shows.

`make docs` writes what the commands say now.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

TUTORIAL = ROOT / "docs" / "tutorial.md"
_BLOCK = re.compile(r"^```(?P<language>\S+)(?: (?P<name>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def typed(folder: Path) -> str:
    """Type the tutorial in a folder, and return it with what its commands said."""

    def block(found: re.Match[str]) -> str:
        if found["language"] == "console":
            commands = [line[2:] for line in found["text"].splitlines() if line.startswith("$ ")]
            return "```console\n" + "".join(f"$ {command}\n{said(folder, command)}" for command in commands) + "```"
        if found["name"]:
            (folder / found["name"]).write_text(found["text"])
        return found[0]

    return _BLOCK.sub(block, TUTORIAL.read_text())


def said(folder: Path, command: str) -> str:
    """Run a command as a shell does in which `stackwright` is installed, and return all that it says."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-c", command],  # The commands are the tutorial's own.
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def test_the_tutorial_shows_what_is_said(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = typed(tmp_path)
    if request.config.getoption("--write-expected"):
        TUTORIAL.write_text(text)
    assert TUTORIAL.read_text() == text
    assert len(re.findall(r"\[SW\d{4}\]", text)) >= 3
    assert "nothing is wrong, in any environment." in text


def test_the_first_application_has_fewer_than_ten_lines() -> None:
    files = [block["text"] for block in _BLOCK.finditer(TUTORIAL.read_text()) if block["name"] == "application.yaml"]
    assert len(files[-1].splitlines()) < 10
    assert list(yaml.safe_load(files[-1])["spec"]["services"]) == ["web", "cart"]


def test_every_spec_in_the_documents_is_valid(tmp_path: Path) -> None:
    """What stands in a document as a whole application and no test refuses on purpose passes `validate`."""
    readme = next(
        block["text"] for block in _BLOCK.finditer((ROOT / "README.md").read_text()) if "kind: App" in block["text"]
    )
    (tmp_path / "application.yaml").write_text(readme)
    (tmp_path / "storefront").mkdir()
    (tmp_path / "storefront" / "Dockerfile").write_text("FROM scratch\n")
    platform = ROOT / "tests" / "cases" / "platform.yaml"
    shown = said(tmp_path, f"stackwright validate application.yaml --platform {platform}")
    assert shown == "application.yaml: nothing is wrong, in any environment.\n"
