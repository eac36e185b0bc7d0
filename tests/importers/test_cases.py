"""Whole sources and everything that comes of them: the spec, and the notes on what it does not say.

After a wanted change: `pytest tests/importers --write-expected`, and then read the difference.
"""

from pathlib import Path

import pytest

from importers.reading import imported
from importers.writing import notes_text, spec_text
from schemas.problems import SpecError

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in CASES.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_a_source_becomes_exactly_this_spec(name: str, request: pytest.FixtureRequest) -> None:
    folder = CASES / name
    found = imported([folder / "source.yaml"], "desk", "blue")
    text = spec_text(found, ["source.yaml"]).replace(f"{folder}/", "")
    notes = notes_text(found.notes).replace(f"{folder}/", "")
    if request.config.getoption("--write-expected"):
        (folder / "application.yaml").write_text(text)
        (folder / "notes.txt").write_text(notes)
    assert text == (folder / "application.yaml").read_text()
    assert notes == (folder / "notes.txt").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_a_secret_is_copied(name: str) -> None:
    folder = CASES / name
    text = (folder / "application.yaml").read_text() + (folder / "notes.txt").read_text()
    assert "never" not in text
    assert "bmV2ZXI=" not in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [1", "1:6 SW7001"),
        ("", "0:0 SW7003"),
        ("\xff", "0:0 SW7001"),
        ("services: {}\n---\napiVersion: v1\nkind: Service\n", "3:1 SW7004"),
        (
            "a: &a [x]\n"
            + "".join(
                f"b{n}: &b{n} [*{'a' if not n else f'b{n - 1}'}, *{'a' if not n else f'b{n - 1}'}]\n" for n in range(40)
            ),
            "0:0 SW7001",
        ),
    ],
    ids=["broken", "empty", "not utf-8", "both kinds", "bomb"],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "source.yaml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(SpecError) as caught:
        imported([file], None, "blue")
    assert [f"{one.origin.line}:{one.origin.column} {one.code}" for one in caught.value.problems] == [told]


def test_a_folder_and_a_missing_file_are_both_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: [")
    with pytest.raises(SpecError) as caught:
        imported([tmp_path, tmp_path / "nowhere.yaml"], None, "blue")
    assert [one.code for one in caught.value.problems] == ["SW7001", "SW7001"]
