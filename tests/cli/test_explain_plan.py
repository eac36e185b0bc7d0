"""The plan that an autoscaler's floor follows, where a person asks for it."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.conftest import ROOT

CASE = ROOT / "tests" / "cases" / "scaling"
TODAY = datetime.now(UTC).date()
ENDS = TODAY + timedelta(days=9)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a case whose plans are a few days old today."""
    shutil.copytree(CASE, tmp_path, dirs_exist_ok=True)
    for file in (tmp_path / "plans").iterdir():
        text = file.read_text().replace("2026-12-07", f"{ENDS}")
        file.write_text(text.replace("2026-11-23", f"{TODAY - timedelta(days=5)}"))
    return tmp_path


def explained(folder: Path, path: str, *options: str) -> str:
    named = ["explain", str(folder / "application.yaml"), f"services.{path}", "-p", str(folder / "platform.yaml")]
    done = CliRunner().invoke(app, [*named, "--env", "sidecar", *options], env={"TERM": "dumb"})
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


WEEKDAY = f"{'=' * 14}{'#' * 4}{'@' * 18}{'#' * 12}  3 to 8"
WEEK = f"""
The plan until {ENDS}, by the clocks of Europe/Berlin, pods at least:
  mon  {WEEKDAY}
  tue  {WEEKDAY}
  wed  {WEEKDAY}
  thu  {WEEKDAY}
  fri  {WEEKDAY}
  sat  {"*" * 48}  4
  sun  {"*" * 48}  4
It rises 240 s early, and is held by """


@pytest.mark.parametrize("path", ["weekly.scaling", "weekly.scaling.plan"])
def test_the_plan_stands_under_what_names_it(folder: Path, path: str) -> None:
    text = explained(folder, path)
    assert text[text.index("\nThe plan") :].rpartition("held by ")[0] + "held by " == WEEK
    assert "windows of KEDA.\n" in text


def test_a_plan_reaches_what_its_own_service_has(folder: Path) -> None:
    text = explained(folder, "fine.scaling.plan")
    assert "held by a rule of Prometheus.\n" in text
    reached = text[text.index("  reaches") : text.index("\nThe plan")]
    assert [line.split()[-1] for line in reached.splitlines() if line] == [
        'spec.groups["shop-sidecar.fine.floor"]',
        'spec.groups["shop-sidecar.fine.plan"]',
        "spec.triggers.plan",
    ]


def test_a_program_gets_the_plan_behind_the_values(folder: Path) -> None:
    *_, last = json.loads(explained(folder, "weekly.scaling", "--format", "json"))
    alone = json.loads(explained(folder, "weekly.scaling.plan", "--format", "json"))
    assert last["plan"] == alone["plan"]
    assert last["plan"]["floor"]["monday"] == {"00:00": 3, "07:00": 5, "09:00": 8, "18:00": 5}
    assert last["plan"]["expires"] == f"{ENDS}"


@pytest.mark.parametrize("path", ["used.scaling", "weekly.resources", "weekly.scaling.min"])
def test_what_has_no_plan_shows_none(folder: Path, path: str) -> None:
    assert "The plan" not in explained(folder, path)
