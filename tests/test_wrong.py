"""Wrong specs, and all that is said about each: see `tests/cases/wrong/README.md`."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from components.manifests.checked import beyond
from schemas.estate import check
from schemas.examine import read
from schemas.problems import Problem, SpecError

CASES = Path(__file__).parent / "cases"
WRONG = CASES / "wrong"
NAMES = sorted(str(path.parent.relative_to(WRONG)) for path in WRONG.glob("*/*/application.yaml"))
FOLDERS = sorted(str(path.relative_to(WRONG)) for path in WRONG.glob("*/*/"))
TODAY = date(2026, 11, 25)
CANARY = "hunter2"
"""A part of every secret in the cases."""


def problems_of(folder: Path) -> tuple[Problem, ...]:
    """Return every problem of a case: of its application, and of those in folders of their own beside it."""
    own = folder / "platform.yaml"
    platform = own if own.exists() else CASES / "platform.yaml"
    release = folder / "release.yaml"
    named = [release] if release.exists() else []
    try:
        first = read(folder / "application.yaml", platform, named, today=TODAY, beyond=beyond)
        others = [
            read(file, platform, today=TODAY, beyond=beyond) for file in sorted(folder.glob("*/application.yaml"))
        ]
        return check([first, *others], beyond)
    except SpecError as error:
        return error.problems


def positions(problems: tuple[Problem, ...], folder: Path) -> Iterator[str]:
    """Yield each problem as `expect.txt` writes it."""
    for problem in problems:
        file = problem.origin.file.removeprefix(f"{folder}/")
        head = "" if file == "application.yaml" else f"{file.removeprefix(f'{CASES}/')} "
        yield f"{head}{problem.code} {problem.origin.line}:{problem.origin.column}"


def printed(problems: tuple[Problem, ...], folder: Path) -> str:
    """Return the problems as the plain text form prints them, with paths from the case's folder."""
    text = "".join(f"{problem}\n" for problem in problems)
    return text.replace(f"{folder}/", "").replace(f"{CASES}/", "")


@pytest.mark.no_cover
@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_a_wrong_spec(name: str, request: pytest.FixtureRequest) -> None:
    folder = WRONG / name
    problems = problems_of(folder)
    said = printed(problems, folder)
    expected = (folder / "expect.txt").read_text().splitlines()
    assert sorted(positions(problems, folder)) == sorted(expected), said
    if request.config.getoption("--write-expected"):
        (folder / "error.txt").write_text(said)
    assert said == (folder / "error.txt").read_text()
    assert "Traceback" not in said
    assert CANARY not in said


def test_every_folder_is_a_case() -> None:
    assert FOLDERS == NAMES


def test_every_case_has_a_mistake_and_no_two_are_alike() -> None:
    texts = {name: (WRONG / name / "application.yaml").read_bytes() for name in NAMES if not _beside(WRONG / name)}
    assert len(set(texts.values())) == len(texts)
    assert [name for name in NAMES if not (WRONG / name / "expect.txt").read_text().strip()] == []


def _beside(folder: Path) -> list[Path]:
    """Return the files of a case beside the application, which may be what differs."""
    own = {"application.yaml", "expect.txt", "error.txt"}
    return [path for path in folder.iterdir() if path.name not in own]
