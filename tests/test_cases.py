"""Whole specs and everything that comes of them: the objects of every environment, or every problem.

A case is a folder with `application.yaml`, and with `platform.yaml` when the common one is not meant; `expected.yaml` or, for `error_…`, `error.txt` is what must come out. After
a wanted change: `pytest tests/test_cases.py --write-expected`, and then read the difference.
"""

from datetime import date
from pathlib import Path

import pytest
import yaml

from cli.verbs.render import objects
from schemas.problems import SpecError
from schemas.project import read
from schemas.resolve import check, resolve
from schemas.text.yaml_text import yaml_documents
from tests.kubernetes import Taken

CASES = Path(__file__).parent / "cases"
TODAY = date(2026, 11, 25)
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir() and path.name != "wrong")


def platform_of(folder: Path) -> Path:
    """Return the platform of a case."""
    own = folder / "platform.yaml"
    return own if own.exists() else CASES / "platform.yaml"


def told(folder: Path) -> str:
    """Return every problem of a case, with paths from the case's folder."""
    try:
        problems = check(read(folder / "application.yaml", platform_of(folder), today=TODAY))
    except SpecError as error:
        problems = error.problems
    text = "".join(f"{problem}\n" for problem in problems)
    return text.replace(f"{folder}/", "").replace(f"{CASES}/", "")


def rendered(folder: Path) -> str:
    """Return the objects of a case in every environment and location."""
    project = read(folder / "application.yaml", platform_of(folder), today=TODAY)
    specs = [resolve(project, name, place) for name in project.environments for place in project.locations(name)]
    return yaml_documents(one for spec in specs for one in objects(spec))


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, request: pytest.FixtureRequest) -> None:
    folder = CASES / name
    wrong = name.startswith("error_")
    text = told(folder) if wrong else rendered(folder)
    expected = folder / ("error.txt" if wrong else "expected.yaml")
    if request.config.getoption("--write-expected"):
        expected.write_text(text)
    assert text == expected.read_text()
    if not wrong:
        assert told(folder) == ""


def test_every_object_of_a_case_is_valid_for_kubernetes() -> None:
    texts = [(CASES / name / "expected.yaml").read_text() for name in NAMES if not name.startswith("error_")]
    Taken().look(one for text in texts for one in yaml.load_all(text, yaml.CSafeLoader))
