"""Whole sources and everything that comes of them: the spec, and the notes on what it does not say.

After a wanted change: `pytest tests/importers --write-expected`, and then read the difference.
"""

import copy
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from importers.reading import imported
from importers.writing import notes_text, service, spec_text
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


SPOILT = 25
"""How often each source is spoilt."""

JUNK = (None, 1, True, "x", "", [], {}, ["a"], {"a": 1}, 1.5, [[1]], "80:80:80:80", "${", [None], "a=b", {"name": None})


def spoilt(source: Path, seed: int) -> str:
    """Return a source in which a few values are another kind of value, or gone."""
    chance = random.Random(seed)  # noqa: S311 - a test's choices
    documents = [one for one in yaml.load_all(source.read_text(), yaml.CSafeLoader) if one]  # a safe loader, and quick
    for _ in range(3):
        place: Any = documents
        while True:
            key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
            if not isinstance(place[key], dict | list) or not place[key] or chance.random() < 0.15:
                break
            place = place[key]
        place[key] = copy.deepcopy(chance.choice(JUNK))
    return str(yaml.dump_all(documents, Dumper=yaml.CSafeDumper))


@pytest.mark.no_cover
@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_a_source_says_ends_in_a_traceback(name: str, tmp_path: Path) -> None:
    """And what is printed is the spec that was meant, whatever characters stand in it."""
    file = tmp_path / "source.yaml"
    told = 0
    for seed in range(SPOILT):
        file.write_text(spoilt(CASES / name / "source.yaml", seed))
        try:
            found = imported([file], "desk", "blue")
        except SpecError:
            told += 1
            continue
        services = {key: service(one) for key, one in found.spec["spec"]["services"].items()}
        spec = {**found.spec, "spec": {**found.spec["spec"], "services": services}}
        assert yaml.load(spec_text(found, ["source.yaml"]), yaml.CSafeLoader) == spec
    assert told < SPOILT
