"""What may be a secret is never shown: not where it belongs, nor where somebody has put it by mistake."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli import report
from cli.report import text as text_report
from components.manifests.checked import check
from schemas.examine import read
from schemas.problems import Problem, SpecError
from tests.everything import LEAVES, TODAY, Place, value_at, with_value
from tests.generated import start, write

CANARY = "canary-b3f1"
MAY_HOLD = {"env", "content", "data", "args", "command"}
"""Keys below which a person may have written a secret."""
WRONG: dict[str, Any] = {
    "text": CANARY,
    "a list": [CANARY],
    "a list of lists": [[CANARY]],
    "name and value": [{"name": "PASSWORD", "value": CANARY}],
    "a mapping": {"value": {"secret": CANARY}},
    "an unknown key": {"password": CANARY},
    "an expression": f"${{{CANARY}}}",
    "an address": f"postgres://app:{CANARY}@db/app",
}


def places(above: int) -> list[Place]:
    """Return every place where a secret may stand, or so many steps above it, below the key that says so."""
    found: dict[Place, None] = {}
    for leaf in LEAVES:
        first = next((index for index, part in enumerate(leaf.pattern) if part in MAY_HOLD), None)
        named = "connections" in leaf.pattern
        if leaf.kind == "application" and first is not None and not named:
            found[leaf.places[0][: max(first + 1, len(leaf.pattern) - above)]] = None
    return [place for place in found if not any(place != one and place[: len(one)] == one for one in found)]


def said(problems: tuple[Problem, ...], capsys: pytest.CaptureFixture[str], person: pytest.MonkeyPatch) -> str:
    """Return problems in every form, the one for a person at a terminal too."""
    for form in report.Format:
        report.show(problems, form)
    person.setattr(text_report, "is_for_a_person", lambda: True)
    report.show(problems, report.Format.text)
    person.undo()
    told = capsys.readouterr()
    return told.out + told.err


def test_there_are_many_places() -> None:
    assert [len(places(above)) for above in range(4)] == sorted(
        (len(places(above)) for above in range(4)), reverse=True
    )
    assert len(places(0)) > 30
    assert ("spec", "configs", "modes", "data", "level") in places(0)
    assert ("spec", "services", "web", "env") in places(3)


@pytest.mark.no_cover
@pytest.mark.parametrize("above", range(4))
@pytest.mark.parametrize("wrong", WRONG)
def test_no_problem_shows_what_may_be_a_secret(
    wrong: str, above: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = start()
    write(whole, tmp_path)
    document = whole["application"]
    for place in places(above):
        document = with_value(document, place, WRONG[wrong])
    (tmp_path / "application.yaml").write_text(json.dumps(document, indent=1))
    try:
        problems = check(read(tmp_path / "application.yaml", tmp_path / "platform.yaml", today=TODAY))
    except SpecError as error:
        problems = error.problems
    told = said(problems, capsys, monkeypatch)
    assert [line for line in told.splitlines() if CANARY in line] == []


def test_a_value_that_is_no_secret_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the tests above could not fail."""
    whole = start()
    write(whole, tmp_path)
    place = ("spec", "services", "web", "type")
    assert value_at(whole["application"], place) == "service"
    (tmp_path / "application.yaml").write_text(json.dumps(with_value(whole["application"], place, CANARY), indent=1))
    with pytest.raises(SpecError) as caught:
        read(tmp_path / "application.yaml", tmp_path / "platform.yaml", today=TODAY)
    assert said(caught.value.problems, capsys, monkeypatch).count(CANARY) > len(report.Format)
