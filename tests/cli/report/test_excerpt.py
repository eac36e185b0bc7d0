"""The lines that are shown of a file: hypothesis looks for what would break a terminal or show a secret."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cli.report import excerpt as excerpts
from cli.report.excerpt import VEIL, Line, excerpt, plain, span, veiled_from
from schemas.problems import may_be_secret

FILE = """\
services:
  web:
    image: "a/b:1"
    env:
      PASSWORD: hunter2
      FLAG: {value: hunter2}
    args: [--token, hunter2]
    files: {/etc/x: {content: hunter2}}
    port: 80
    replicas: 3
"""


def shown(line: int, column: int, others: tuple[int, ...] = (), width: int = 60) -> list[Line]:
    return excerpt(FILE.split("\n"), line, column, others, width)


def test_the_line_before_is_shown_and_the_value_underlined() -> None:
    assert shown(10, 15) == [Line(9, "    port: 80"), Line(10, "    replicas: 3", 14, 1)]


def test_the_other_place_of_a_conflict_is_shown_in_its_order() -> None:
    assert [line.number for line in shown(9, 5, (3,))] == [3, 8, 9]
    assert [line.number for line in shown(9, 5, (10, 99))] == [8, 9, 10]


@pytest.mark.parametrize("number", range(5, 9))
def test_what_may_be_a_secret_is_not_shown(number: int) -> None:
    for line in shown(number, 1):
        assert "hunter2" not in line.text
    assert VEIL in shown(number, 1)[-1].text


def test_names_of_variables_are_shown_and_their_values_not() -> None:
    assert shown(5, 7)[-1] == Line(5, "      PASSWORD: …", 6, 8)
    assert shown(5, 17)[-1] == Line(5, "      PASSWORD: …", 16, 1)


@pytest.mark.parametrize(
    "lines",
    [
        ["{", '"env": {', '"A": "hunter2"', "}}"],
        ["{", '"env": {"X": "y",', '"A": "hunter2"', "}}"],
        ["env:", "", "# a remark", "  A: |", "    one", "    hunter2"],
        ["db-password: hunter2"],
        ["{apiKey: hunter2}"],
        ["patches:", "  x:", "    json:", "      - {op: add, path: /a, value: hunter2}"],
    ],
)
def test_secrets_are_found_in_any_layout(lines: list[str]) -> None:
    number = next(index for index, line in enumerate(lines, start=1) if "hunter2" in line)
    assert "hunter2" not in excerpt(lines, number, 1, (), 80)[-1].text


@pytest.mark.parametrize("line", ["a: {secret: web, key: x}", "environments: {dev: {}}", "port: 80"])
def test_what_is_no_secret_is_shown(line: str) -> None:
    assert veiled_from([line], 1) is None


@pytest.mark.parametrize(
    "text",
    [
        "volumes:\n  data:\n    shown: 1Gi",
        "volumes:\n  data: {shown: 1Gi}",
        "volumes: {data: {shown: 1Gi}}",
        "services: {env: {volumes: {data: {shown: 1Gi}}}}",
        '{\n  "volumes": {\n    "data": {\n      "shown": "1Gi"\n}}}',
        "services:\n  secrets:\n    volumes:\n      data:\n        shown: 1Gi",
        "secrets:\n  api-token: # a name\n    shown: [key]",
    ],
)
def test_a_name_that_a_person_chose_veils_nothing(text: str) -> None:
    lines = text.split("\n")
    number = next(index for index, line in enumerate(lines, start=1) if "shown" in line)
    assert excerpt(lines, number, 1, (), 80)[-1].text == lines[number - 1]


@pytest.mark.parametrize(
    "text",
    [
        "configs:\n  volumes:\n    data:\n      A: hunter2",
        "configs: {app: {data: {A: hunter2}}}",
        "env:\n  volumes:\n    data:\n      A: hunter2",
        "env: {volumes: {data: {A: hunter2}}}",
        "volumes: {data: hunter2}",
        "volumes:\n  data:\n    hunter2",
        "volumes:\n  - data: {A: hunter2}",
        "volumes:\n x: {\n data: {A: hunter2}}",
        "secrets: {token: hunter2}",
    ],
)
def test_a_name_that_nobody_chose_veils_what_it_holds(text: str) -> None:
    lines = text.split("\n")
    number = next(index for index, line in enumerate(lines, start=1) if "hunter2" in line)
    assert "hunter2" not in excerpt(lines, number, 1, (), 80)[-1].text


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("replicas: 3", 1, "replicas"),
        ('image: "a b" # c', 8, '"a b"'),
        ("scaling: {min: 1, max: {a: 2}} # c", 10, "{min: 1, max: {a: 2}}"),
        ("a: {b: one two, c: 3}", 8, "one two"),
        ("image: ghcr.io/a/b:1", 8, "ghcr.io/a/b:1"),
        ("a: [", 4, "["),
        ("a: 'b", 4, "'b"),
        ("a:", 3, " "),
    ],
)
def test_the_whole_key_or_value_is_underlined(text: str, column: int, expected: str) -> None:
    assert f"{text} "[column - 1 : column - 1 + span(text, column)] == expected


def test_wide_characters_and_tabs_keep_the_underline_in_place() -> None:
    (line,) = excerpt(["\t名前: {prot: 1}"], 1, 7, (), 60)
    assert line == Line(1, "    名前: {prot: 1}", 11, 4)


def test_what_could_steer_a_terminal_is_replaced() -> None:
    assert plain("a\x1b[31m\u202eb\tc") == "a�[31m�b    c"


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=200),
    st.integers(1, 220),
    st.integers(20, 100),
)
def test_a_line_always_fits_and_its_underline_lies_on_it(text: str, column: int, width: int) -> None:
    (line,) = excerpt([text], 1, column, (), width)
    assert cell_len(line.text) <= width
    assert line.length >= 1
    assert line.start + line.length <= width + 1
    assert not any(ord(letter) < 32 for letter in line.text)


def test_a_path_is_read_by_the_same_rule() -> None:
    assert may_be_secret(("configs", "volumes", "data", "A"))
    assert not may_be_secret(("services", "volumes", "volumes", "data", "size"))


@pytest.mark.parametrize(
    "lines",
    [
        ["volumes: {data: {" * 500 + "x"],
        ["volumes: {" + "data: {a: b}, " * 500 + "x"],
        [*["volumes: {data: {"] * 500, "x"],
    ],
    ids=["deep", "wide", "long"],
)
def test_of_more_names_than_anybody_nests_few_are_looked_at(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0
    chosen = excerpts._is_chosen

    def counted(*where: Any) -> bool:
        nonlocal looked
        looked += 1
        return chosen(*where)

    monkeypatch.setattr(excerpts, "_is_chosen", counted)
    assert excerpts.veiled_from(lines, len(lines)) is not None
    assert 10 < looked <= 20
