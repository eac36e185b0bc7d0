"""Every code has a page, and every page tells the truth: its wrong example provokes the code, its right one does not."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from schemas.codes import CHAPTERS, File, Page, codes, near, page
from tests.conftest import ROOT

MARK = "# here"
"""Ends the line of an example on which the problem stands."""
PAGES = [page(code) for code in codes()]
EXAMPLES = [
    pytest.param(one, files, id=f"{one.code}-{number}") for one in PAGES for number, files in enumerate(one.wrong)
]
RIGHT = [pytest.param(files, id=f"{one.code}-{number}") for one in PAGES for number, files in enumerate(one.right)]


def problems(folder: Path, files: tuple[File, ...]) -> list[tuple[str, str, int]]:
    """Write an example and return the code, file and line of each problem that `validate` has with it."""
    for file in files:
        (folder / file.name).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.name).write_text(file.text)
    given = any(file.name == "platform.yaml" for file in files)
    platform = folder / "platform.yaml" if given else ROOT / "tests" / "cases" / "platform.yaml"
    applications = [str(folder / file.name) for file in files if Path(file.name).name == "application.yaml"]
    named = ["validate", *applications, "--platform", str(platform), "--format", "json"]
    rows = json.loads(CliRunner().invoke(app, named).stdout)
    return [(row["code"], row["file"].removeprefix(f"{folder}/"), row["line"]) for row in rows]


@pytest.mark.no_cover
@pytest.mark.parametrize(("one", "files"), EXAMPLES)
def test_the_wrong_example_provokes_the_code_where_it_is_marked(
    one: Page, files: tuple[File, ...], tmp_path: Path
) -> None:
    found = problems(tmp_path, files)
    assert {code for code, _, _ in found} == {one.code}
    marked = {
        (file.name, number)
        for file in files
        for number, line in enumerate(file.text.splitlines(), start=1)
        if line.endswith(MARK)
    }
    if marked:
        assert {(file, line) for _, file, line in found} == marked


@pytest.mark.no_cover
@pytest.mark.parametrize("files", RIGHT)
def test_the_right_example_has_no_problem(files: tuple[File, ...], tmp_path: Path) -> None:
    assert problems(tmp_path, files) == []


@pytest.mark.parametrize("one", PAGES, ids=lambda one: one.code)
def test_a_page_says_what_is_wrong_and_what_to_do(one: Page) -> None:
    assert one.text.startswith(f"# {one.code}: {one.title}\n\n")
    assert one.title[0] in f"`{one.title[0].upper()}"
    assert not one.title.endswith(".")
    assert len(one.prose) > 60
    assert one.code[:3] in CHAPTERS
    assert bool(one.wrong) == bool(one.right)
    headings = re.findall(r"^## (.*)$", one.text, re.MULTILINE)
    assert headings in ([], ["Wrong", "Right"])
    assert max(map(len, one.text.splitlines())) <= 120


def test_most_pages_show_what_they_mean() -> None:
    assert len(EXAMPLES) > 80


def test_a_code_that_is_nearly_right_is_understood() -> None:
    assert near("sw4401") == " Did you mean `SW4401`?"
    assert near("4401") == " Did you mean `SW4401`?"
    assert near("SW4499").startswith(" Did you mean `SW4")
    assert near("help") == ""
