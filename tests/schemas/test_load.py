import os
from pathlib import Path

import pytest

from schemas.problems import SpecError
from schemas.text import disk, reader, scalars
from schemas.text.document import descend, plain
from schemas.text.load import MAX_BYTES, load, parse, read, read_text


def told(text: str, file: str = "a.yaml") -> list[str]:
    return [str(problem) for problem in read_text(text, file, "application").problems]


def codes(text: str, file: str = "a.yaml") -> list[tuple[str, int, int]]:
    found = read_text(text, file, "application").problems
    return [(problem.code, problem.origin.line, problem.origin.column) for problem in found]


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
    text = 'a: [1, -2, +3, 1.5, .5, true, null, ~, "no", "2026-11-24", "012", x, "", 1.2.3, 10:60, 0x, a_1, off-peak]'
    values = plain(parse(text, "a.yaml", "application"))["a"]
    expected = [1, -2, 3, 1.5, 0.5, True, None, None, "no", "2026-11-24", "012", "x", "", "1.2.3", "10:60", "0x", "a_1"]
    assert values == [*expected, "off-peak"]
    assert [type(value) for value in values[:6]] == [int, int, int, float, float, bool]


@pytest.mark.parametrize(
    "value",
    [
        "no",
        "Yes",
        "on",
        "y",
        "N",
        "True",
        "NULL",
        "012",
        "-07",
        "1:30",
        "190:20:30",
        "1_000",
        "0x1F",
        "0o17",
        "0b1",
        ".inf",
        "-.INF",
        ".NaN",
        "1e3",
        "1.5e+3",
        "2024-01-01",
        "2024-1-1T10:00:00Z",
        "9999999999999999999999",
        "0.1234567890123456789012345",
    ],
)
def test_what_yaml_1_1_reads_differently_is_refused(value: str) -> None:
    assert codes(f"a:\n  b: {value}\n") == [("SW1010", 2, 6)]
    assert plain(parse(f"a: '{value}'\n", "a.yaml", "application")) == {"a": value}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", ("SW1009", 3, 1)),
        ("a: !secret x\n", ("SW1007", 1, 4)),
        ("a: ! x\n", ("SW1007", 1, 4)),
        ("!!str a: x\n", ("SW1007", 1, 1)),
        ("a: &x {b: 1}\nc: {<<: *x}\n", ("SW1008", 2, 5)),
        ("a: *nobody\n", ("SW1013", 1, 4)),
        ("a: &x [*x]\n", ("SW1013", 1, 8)),
        ("&x a: 1\n", ("SW1011", 1, 1)),
        ("? [a]\n: 1\n", ("SW1011", 1, 3)),
        ("a: {{x}}\n", ("SW1011", 1, 5)),
        ("a: &x b\n*x : 1\n", ("SW1011", 2, 1)),
        (f"? {'k' * 1025}\n: 1\n", ("SW1011", 1, 3)),
        ("a: 1\n---\nb: 2\n", ("SW1006", 2, 1)),
        ("a: 1\n---\n", ("SW1006", 2, 1)),
        ("%YAML 1.1\n---\na: 1\n", ("SW1019", 1, 1)),
        ("%TAG ! x:\n---\na: 1\n", ("SW1019", 1, 1)),
        ("on: 1\n", ("SW1010", 1, 1)),
        ("a: b\u00a0c\n", ("SW1018", 1, 4)),
        ("\u00a0\u00a0a: b\n", ("SW1018", 1, 1)),
        ("a: x\u0085b: 1\n", ("SW1018", 1, 5)),
        ("a: \x00b\n", ("SW1018", 1, 4)),
        ("a: 1\n\ufeffb: 2\n", ("SW1018", 2, 1)),
        ("", ("SW1005", 1, 1)),
        ("# nothing\n", ("SW1005", 1, 1)),
        ("---\n", ("SW1005", 1, 1)),
    ],
)
def test_what_would_surprise_is_refused_with_its_position(text: str, expected: tuple[str, int, int]) -> None:
    assert codes(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n\tb: 1\n", "a.yaml:2:1: a: a tab cannot indent YAML. Indent with spaces. [SW1004]"),
        ("a:\n  b: 1\n\tc: 2\n", "a.yaml:3:1: a.b: a tab cannot indent YAML. Indent with spaces. [SW1004]"),
        ('a: "x\nb: 1\n', 'a.yaml:1:4: a: the quote `"` that opens here is not closed. [SW1004]'),
        ("a: [1, 2\nb: 3\n", "a.yaml:1:4: a[2]: the `[` that opens here is not closed before line 2. Write `]`, or a comma. [SW1004]"),
        ("a: {x: 1", "a.yaml:1:4: a: the `{` that opens here is not closed before line 2. Write `}`, or a comma. [SW1004]"),
        ("a: {x: 1 y: 2}\n", "a.yaml:1:11: a: a comma or `}` is missing before this, in what `{` opens in column 4. [SW1004]"),
        ("a: [1}\n", "a.yaml:1:6: a[1]: `}` cannot close what `[` opens. Write `]`. [SW1004]"),
        ("a: ]\n", "a.yaml:1:4: a: `]` closes nothing here. Remove it, or put the text in quotes. [SW1004]"),
        ("a: [1,,2]\n", "a.yaml:1:7: a[1]: there is nothing between two commas. Remove one of them. [SW1004]"),
        ("a:1\nb: 2\n", "a.yaml:1:1: a space is missing behind `a:`. Write `a: …`. [SW1004]"),
        ("x:\n  a: 1\n  b:hunter2\n  c: 3\n", "a.yaml:3:3: x: a space is missing behind `b:`. Write `b: …`. [SW1004]"),
        ("x:\n  a: 1\n  hunter2\n  c: 3\n", "a.yaml:3:3: x: this line has no `: `, so it is neither a key nor a value. [SW1004]"),
        ("a: b: c\n", "a.yaml:1:5: a second `: ` stands on this line. Put a text with a colon in quotes. [SW1004]"),
        ("a: 1\n  b: 2\n", "a.yaml:2:3: this key is indented more than its place. Give it the column of the keys beside it. [SW1004]"),
        ("x:\n    a: 1\n  b: 2\n", "a.yaml:3:3: this line is indented differently from the keys beside it. Give it the column of one of the lines above. [SW1004]"),
        ("a: 1\n- b\n", "a.yaml:2:1: a list's entry (`- `) cannot stand among the keys of a mapping. Write a key and a colon. [SW1004]"),
        ("- a\nb: 1\n", "a.yaml:2:1: [1]: a key cannot stand among the entries of a list. Write `- ` before it, or indent it below an entry. [SW1004]"),
        (": 1\n", "a.yaml:1:1: a key is missing before the colon. [SW1004]"),
        ("a: 'b' c\n", "a.yaml:1:8: this cannot follow on the same line. Put the whole text in quotes. [SW1004]"),
        ("a: @x\n", "a.yaml:1:4: a: a bare text cannot start with `@`. Put the text in quotes. [SW1004]"),
        ("a: `x`\n", "a.yaml:1:4: a: a bare text cannot start with a backtick. Put the text in quotes. [SW1004]"),
        ("a: *.x.org\n", "a.yaml:1:4: a: a bare text cannot start with `*`. Put the text in quotes. [SW1004]"),
        ('a: "\\d"\n', "a.yaml:1:5: a: the backslash starts no escape that YAML knows. Write `\\\\`, or use single quotes, where a backslash is one. [SW1004]"),
        ("a: 1\n%x\n", "a.yaml:2:3: a line that starts with `%` is not allowed. Leave it out. [SW1004]"),
        ("a: |x\n  y\n", "a.yaml:1:5: a: nothing may stand behind `|` or `>` on the same line. Begin the text below it. [SW1004]"),
        ("a: 1\n...\nb: 2\n", "a.yaml:3:1: nothing may follow the end of the document (`...`). [SW1004]"),
        (f"{'k' * 1100}: 1\n", "a.yaml:1:1: this key is longer than 1024 characters. [SW1004]"),
    ],
)  # fmt: skip
def test_what_is_not_yaml_is_told_in_plain_words_where_it_was_made(text: str, expected: str) -> None:
    assert told(text) == [expected]


def test_an_alias_is_the_value_it_names() -> None:
    assert plain(parse("a: &x {b: 1}\nc: *x\n", "a.yaml", "application")) == {"a": {"b": 1}, "c": {"b": 1}}


def test_a_byte_order_mark_and_other_line_ends_change_no_position() -> None:
    tree = parse("\ufeffa: 1\r\nb: 2\rc: 3\n", "a.yaml", "application")
    assert plain(tree) == {"a": 1, "b": 2, "c": 3}
    positions = [(child.key.line, child.key.column) for child in tree.entries.values() if child.key]
    assert positions == [(1, 1), (2, 1), (3, 1)]


def test_all_problems_of_a_file_are_told_at_once() -> None:
    assert [code for code, _, _ in codes("a: no\nb: 012\nb: 1\n")] == ["SW1010", "SW1010", "SW1009"]


def test_what_stands_before_a_syntax_error_is_read() -> None:
    reading = read_text("a: no\nb: {c: 1, d: [2, 3\n", "a.yaml", "application")
    assert [(p.code, p.origin.line, p.origin.column) for p in reading.problems] == [("SW1010", 1, 4), ("SW1004", 2, 14)]
    assert reading.root is not None
    assert plain(reading.root) == {"b": {"c": 1, "d": [2, 3]}}
    assert reading.unsure == {(), ("b",), ("b", "d")}


def test_a_secret_that_begins_like_an_alias_or_a_tag_is_not_shown() -> None:
    assert told("env:\n  A: *hunter2\n  B: !hunter2 x\n") == [
        "a.yaml:2:6: env.A: this alias has no anchor before it. Put a text that starts with `*` in quotes. [SW1013]",
        "a.yaml:3:6: env.B: a tag is not allowed. Leave it out, or put the text in quotes. [SW1007]",
    ]


def test_a_refused_word_is_not_shown_where_a_secret_may_stand() -> None:
    assert told("env: {PIN: 0123}\n") == [
        "a.yaml:1:12: env.PIN: this bare word is octal to YAML 1.1 and decimal to YAML 1.2. Put it in quotes. [SW1010]"
    ]


JSON = [
    ('{"a": NaN}', "a.json:1:7: `NaN` is no value of JSON. [SW1021]"),
    ('{"a": -Infinity}', "a.json:1:8: `Infinity` is no value of JSON. [SW1021]"),
    ('{"a": 1,}', "a.json:1:9: this is not JSON: expecting property name enclosed in double quotes. [SW1021]"),
    ("{'a': 1}", "a.json:1:2: this is not JSON: expecting property name enclosed in double quotes. [SW1021]"),
    ('{"a": no}', "a.json:1:7: this is not JSON: expecting value. [SW1021]"),
    ('{"a": 1, "a": 2}', "a.json:1:10: a: the key `a` stands here a second time; the first is on line 1. Keep one of them. [SW1009]"),
    ("", "a.json:1:1: the file is empty. [SW1005]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), JSON)
def test_a_json_file_is_json(text: str, expected: str) -> None:
    assert told(text, "a.json") == [expected]


def test_json_may_have_tabs_and_escaped_pairs_and_every_value_its_place() -> None:
    text = '{\n\t"a": ["\\ud83d\\ude00\\/\\\\ud83d", "\t"],\t"b":\t1}'.replace('"\t"', '"t"')
    tree = parse(text, "a.json", "application")
    assert plain(tree) == {"a": ["😀/\\ud83d", "t"], "b": 1}
    b = tree.entries["b"]
    assert b.origin.column == text.split("\n")[1].index("1}") + 1


def test_files_that_cannot_be_read_are_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"a: 1\nb: \xe9\n")
    (tmp_path / "large").write_bytes(b"#" * (MAX_BYTES + 1))
    (tmp_path / "utf16").write_bytes("a: 1\n".encode("utf-16"))
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "inside").symlink_to("latin")
    (tmp_path / "loop").symlink_to("loop")
    found = []
    for name in ("missing", "", "latin", "inside", "large", "utf16", "pipe", "device", "loop", "a\0b"):
        with pytest.raises(SpecError) as caught:
            load(tmp_path / name, "application", name or ".")
        found.append(str(caught.value))
    assert found == [
        "missing: the file does not exist. [SW1001]",
        ".: this is a folder, not a file. [SW1001]",
        "latin:2:4: the file is not UTF-8 text. [SW1003]",
        "inside:2:4: the file is not UTF-8 text. [SW1003]",
        "large:1:1048577: the file is larger than 1 MiB. [SW1002]",
        "utf16:1:1: the file is UTF-16, and must be UTF-8. Save it as UTF-8. [SW1003]",
        "pipe: this is a pipe, a device or a socket, not a file. [SW1001]",
        "device: this symbolic link leads out of the project. Put a copy here. [SW1020]",
        "loop: the file cannot be read: Too many levels of symbolic links. [SW1001]",
        "a\0b: the file cannot be read: a path cannot hold the character U+0000. [SW1001]",
    ]


def test_a_link_within_a_project_is_followed(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").touch()
    (tmp_path / "shared").mkdir()
    (tmp_path / "app").mkdir()
    (tmp_path / "shared" / "platform.yaml").write_text("a: 1\n")
    (tmp_path / "app" / "platform.yaml").symlink_to("../shared/platform.yaml")
    assert read(tmp_path / "app" / "platform.yaml", "platform").problems == ()
    (tmp_path / "Pulumi.yaml").unlink()
    assert [p.code for p in read(tmp_path / "app" / "platform.yaml", "platform").problems] == ["SW1020"]


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BOMB, ("SW1014", 4, 5)),
        ("[" * 1_000_000, ("SW1012", 1, 49)),
        ("- " * 500_000, ("SW1012", 1, 97)),
        ("[" + "a," * 500_000, ("SW1014", 1, 2 * reader.MAX_VALUES)),
        ("a: " + "9" * 1_000_000, ("SW1010", 1, 4)),
    ],
    ids=["aliases", "brackets", "dashes", "wide", "digits"],
)
def test_hostile_text_is_refused_after_few_values(
    text: str, expected: tuple[str, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    original = reader.Node
    monkeypatch.setattr(reader, "Node", lambda *parts: made.append(1) or original(*parts))
    assert codes(text)[0] == expected
    assert len(made) <= reader.MAX_VALUES


def test_a_file_of_any_size_is_read_up_to_its_limit(tmp_path: Path) -> None:
    """A file of a terabyte takes no room on the disk, and would never fit into memory."""
    large = tmp_path / "large"
    large.touch()
    os.truncate(large, 1 << 40)
    assert [p.code for p in read(large, "application").problems] == ["SW1002"]
    assert disk.contents(large, 10) == bytes(10)


def test_reading_stops_after_many_problems() -> None:
    found = codes("a: [" + "no, " * 10_000 + "]\n")
    assert len(found) == reader.MAX_PROBLEMS + 1
    assert found[-1][0] == "SW1017"


def test_every_surprise_says_how_to_write_it() -> None:
    refused = [scalars.value_of(word) for word in ("no", "012", "1_0", "1e3", "-0755")]
    assert [one.hint for one in refused if isinstance(one, scalars.Refused)] == [
        'Write "no" for the text, or false.',
        'Write "012" for the text, or 12 for the number.',
        'Write "1_0" for the text, or 10 for the number.',
        'Write "1e3" for the text, or 1000 for the number.',
        'Write "-0755" for the text, or -755 for the number.',
    ]
