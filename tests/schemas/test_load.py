from pathlib import Path

import pytest

from schemas.document import descend, plain
from schemas.load import MAX_BYTES, load, parse
from schemas.problems import SpecError


def codes(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(SpecError) as caught:
        parse(text, "a.yaml", "application")
    return [(p.code, p.origin.line, p.origin.column) for p in caught.value.problems]


def test_every_value_and_key_knows_its_line_and_column() -> None:
    tree = parse("a:\n  b: [1, two]\n", "a.yaml", "application")
    two = descend(tree, ("a", "b", 1))
    b = descend(tree, ("a", "b"))
    assert two is not None
    assert b is not None
    assert b.key is not None
    assert (two.value, two.origin.line, two.origin.column, two.origin.path) == ("two", 2, 10, ("a", "b", 1))
    assert (b.key.line, b.key.column) == (2, 3)


def test_scalars_are_read_as_yaml_1_2_says() -> None:
    text = 'a: [1, -2, 1.5, true, null, ~, "no", 2026-11-24, "012", x, "", 1e3]'
    values = plain(parse(text, "a.yaml", "application"))["a"]
    assert values == [1, -2, 1.5, True, None, None, "no", "2026-11-24", "012", "x", "", 1000.0]
    assert [type(value) for value in values[:4]] == [int, int, float, bool]


@pytest.mark.parametrize(
    "value", ["no", "Yes", "on", "y", "True", "NULL", "012", "1:30", "1_000", "0x1F", "0o17", ".inf", ".NaN"]
)
def test_what_yaml_1_1_reads_differently_is_refused(value: str) -> None:
    assert codes(f"a:\n  b: {value}\n") == [("SW1010", 2, 6)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", ("SW1009", 3, 1)),
        ("a: !secret x\n", ("SW1007", 1, 4)),
        ("a: &x {b: 1}\nc: {<<: *x}\n", ("SW1008", 2, 5)),
        ("a: *nobody\n", ("SW1013", 1, 4)),
        ("? [a]\n: 1\n", ("SW1011", 1, 3)),
        ("a: 1\n---\nb: 2\n", ("SW1006", 2, 1)),
        ("a: [1\n", ("SW1004", 2, 1)),
        ("", ("SW1005", 0, 0)),
    ],
)
def test_what_would_surprise_is_refused_with_its_position(text: str, expected: tuple[str, int, int]) -> None:
    assert codes(text) == [expected]


def test_an_alias_is_the_value_it_names() -> None:
    assert plain(parse("a: &x {b: 1}\nc: *x\n", "a.yaml", "application")) == {"a": {"b": 1}, "c": {"b": 1}}


def test_aliases_cannot_explode() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert codes("\n".join(levels))[0][0] == "SW1014"


def test_depth_is_bounded_without_recursion() -> None:
    assert codes("[" * 100_000)[0][0] == "SW1012"


def test_all_problems_of_a_file_are_told_at_once() -> None:
    assert [code for code, _, _ in codes("a: no\nb: 012\nb: 1\n")] == ["SW1010", "SW1010", "SW1009"]


def test_files_that_cannot_be_read_are_told_in_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path
    (folder / "latin").write_bytes(b"a: 1\nb: \xe9\n")
    (folder / "large").write_bytes(b"#" * (MAX_BYTES + 1))
    found = []
    for name in ("missing", "", "latin", "large"):
        with pytest.raises(SpecError) as caught:
            load(folder / name, "application", name or ".")
        found.append(str(caught.value))
    assert found == [
        "missing: the file does not exist. [SW1001]",
        ".: this is a folder, not a file. [SW1001]",
        "latin:2:4: the file is not UTF-8 text. [SW1003]",
        "large: the file is larger than 1 MiB. [SW1002]",
    ]
