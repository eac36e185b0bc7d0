"""Histories: what is read, what is repaired and said, and what is refused at its line."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.history.read import parsed, parsed_cores, read, read_cores
from forecast.history.times import epoch
from schemas.problems import SpecError
from tests.conftest import ROOT

NASA = ROOT / "tests" / "data" / "nasa-http-1995-08.csv.gz"
TOTAL = 1_494_511
"""The sum of the file's second column."""


def told(text: str, by: Callable[..., object] = parsed, **options: Any) -> list[str]:
    with pytest.raises(SpecError) as raised:
        by("h.csv", text, **options)
    return [str(one) for one in raised.value.problems]


def test_a_real_history() -> None:
    history = read(NASA)
    assert (history.weeks, history.step_seconds, len(history.rates), history.repairs) == (4.0, 60, 40_320, ())
    assert history.start == 807_494_400
    assert round(sum(history.rates) * 60) == TOTAL


TABLES = {
    "header": "timestamp,requests\n2026-01-01T00:00:00Z,60\n2026-01-01T00:01:00Z,120\n2026-01-01T00:02:00Z,0\n",
    "no header": "2026-01-01T00:00:00Z,60\n2026-01-01T00:01:00Z,120\n2026-01-01T00:02:00Z,0\n",
    "offset": "2026-01-01T01:00:00+01:00,60\n2026-01-01T01:01:00+01:00,120\n2026-01-01T01:02:00+01:00,0\n",
    "zone": "2026-01-01 01:00:00 Europe/Berlin,60\n2026-01-01 01:01 Europe/Berlin,120\n2026-01-01 00:02 UTC,0\n",
    "seconds": "1767225600,60\n1767225660,120\n1767225720,0\n",
    "milliseconds": "ts;n\n1767225600000;60\n1767225660000;120\n1767225720000;0\n",
    "columns": "host\trequests\ttime\na\t60\t2026-01-01T00:00Z\na\t120\t2026-01-01T00:01Z\na\t0\t2026-01-01T00:02Z\n",
    "json": '[{"timestamp": "2026-01-01T00:00:00Z", "requests": 60}, [1767225660, 120],\n [1767225720, "0"]]',
    "json lines": '{"ts": 1767225600, "count": 60}\n{"ts": 1767225660, "count": 120}\n{"ts": 1767225720, "count": 0}\n',
    "prometheus": json.dumps(
        {
            "status": "success",
            "data": {
                "resultType": "matrix",
                "result": [{"metric": {}, "values": [[1767225600, "1"], [1767225660, "2"], [1767225720, "0"]]}],
            },
        }
    ),
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_every_form_tells_the_same(text: str) -> None:
    history = parsed("h.csv", text)
    assert (history.start, history.step_seconds, list(history.rates)) == (1_767_225_600, 60, [1.0, 2.0, 0.0])


def test_a_packed_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "h.csv.gz").write_bytes(gzip.compress(TABLES["header"].encode()))
    assert list(read(tmp_path / "h.csv.gz").rates) == [1.0, 2.0, 0.0]


def rows(*minutes: int, value: int = 60) -> str:
    return "".join(f"{1_767_225_600 + 60 * minute},{value}\n" for minute in minutes)


def test_what_is_repaired_is_said() -> None:
    history = parsed("h.csv", rows(0, 1, 3, 2, 4, 5, 7, 8, 9, 10) + f"{1_767_225_600},90\n{1_767_225_665},30\n")
    assert history.repairs == (
        "2 lines stood out of order.",
        "one time stood twice: the greater value counts.",
        "one line shares a step of 60 s with another: they are added.",
        "one missing step was interpolated.",
    )
    assert list(history.rates) == [1.5, 1.5, *[1.0] * 9]
    assert history.filled == {6}


def test_a_long_hole_is_filled_with_the_hours_of_another_week() -> None:
    week = 7 * 24 * 60
    first = "".join(f"{1_767_225_600 + 60 * minute},{minute % 100}\n" for minute in range(week))
    second = rows(*range(week, week + 600), *range(week + 700, week + 1400), value=6000)
    history = parsed("h.csv", first + second)
    assert history.repairs == ("100 missing steps are those of another week.",)
    assert list(history.rates[week + 600 : week + 700]) == [minute % 100 / 60 for minute in range(600, 700)]


def test_the_hour_that_a_clock_repeats_is_two_hours() -> None:
    lines = [f"2026-10-25 {time}:00,1" for time in [f"02:{minute:02}" for minute in range(60)] * 2]
    history = parsed("h.csv", "\n".join(lines), time_zone="Europe/Berlin")
    assert len(history.rates) == 120
    assert history.repairs == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("time,requests\n2026-01-01T00:00Z,-1\n", "h.csv:2:1: `-1` is negative, and requests are counted from 0. Leave the line out when nothing was measured. [SW9003]"),
        ("time,requests\n2026-01-01T00:00Z,\n", "h.csv:2:1: the value is missing. Leave the line out when nothing was measured. [SW9003]"),
        ("time,requests\n2026-01-01T00:00Z,many\n", "h.csv:2:1: `many` is no number. Leave the line out when nothing was measured. [SW9003]"),
        ("2026-01-01T00:00Z,1\n2026-01-01T00:01Z,1e308\n", "h.csv:2:1: `1e308` is more requests than there can be. Leave the line out when nothing was measured. [SW9003]"),
        ("2026-01-01T00:00Z,1\n2026-01-01T00:01Z,NaN\n", "h.csv:2:1: `NaN` is no number. Leave the line out when nothing was measured. [SW9003]"),
        ("2026-01-01T00:00Z,1\n2026-02-30T00:00Z,1\n", "h.csv:2:1: `2026-02-30T00:00Z` is no time. Write `2026-03-01T12:00:00Z`, or seconds since 1970. [SW9002]"),
        ("2026-01-01T00:00Z,1\n2026-01-01 00:01 Mars/Dome,1\n", "h.csv:2:1: there is no time zone `Mars/Dome`. Use a name such as `Europe/Berlin`, or an offset such as `+01:00`. [SW9004]"),
        ("", "h.csv: the history is empty. [SW9005]"),
        ("time\n2026-01-01T00:00Z\n", "h.csv:1:1: a line must hold a time and a value, with a comma, a semicolon or a tab between them. [SW9007]"),
        ("2026-01-01T00:00Z,1\n", "h.csv: the history has 1 row, and needs weeks of them. [SW9013]"),
        (rows(0, 0, 0), "h.csv:1:1: every line has the same time. Name the column of times with --columns. [SW9015]"),
        (rows(0, 60, 120, 180), "h.csv:1:1: a line stands for 60 minutes, and may for 15. Export the history in steps of a minute. [SW9016]"),
        (rows(0, 1, 2, 30), "h.csv: 87 % of the history, 2026-01-01 to 2026-01-01, is missing, and at most 20 % may be. Where nothing came, the history needs lines with 0; a time far from all others is a mistake. [SW9014]"),
        (rows(0, 1, 2) + "1970-01-01T00:00:00Z,1\n", "h.csv: 100 % of the history, 1970-01-01 to 2026-01-01, is missing, and at most 20 % may be. Where nothing came, the history needs lines with 0; a time far from all others is a mistake. [SW9014]"),
        (rows(0, 1, 2) + "99000000000,1\n", "h.csv: 100 % of the history, 2026-01-01 to 5107-03-10, is missing, and at most 20 % may be. Where nothing came, the history needs lines with 0; a time far from all others is a mistake. [SW9014]"),
        ('[{"when": 3}]', "h.csv:1:1: an entry must be `[time, value]` or a mapping with `timestamp` and `requests`. [SW9009]"),
        ("[[1767225600, 1],\n [1767225660,", "h.csv:2:1: this is not JSON: expecting value. [SW9012]"),
        ("[[1767225600, 1],\n [1767225660, null]]", "h.csv:2:1: the value is missing. Leave the line out when nothing was measured. [SW9003]"),
        ('{"status": "error", "error": "query timed out"}', "h.csv: Prometheus answered with an error: query timed out. [SW9010]"),
        ('{"status": "success", "data": {"resultType": "vector", "result": []}}', "h.csv: Prometheus answered with a vector, and must with one. Ask for a range of one series: `sum(rate(http_requests_total[1m]))`. [SW9011]"),
        ('{"status": "success", "data": {"resultType": "matrix", "result": [{}, {}]}}', "h.csv: Prometheus answered with 2 series, and must with one. Ask for a range of one series: `sum(rate(http_requests_total[1m]))`. [SW9011]"),
        ('{"status": "success", "data": {"resultType": "matrix", "result": [{"histograms": []}]}}', "h.csv: Prometheus answered with no series of numbers, and must with one. Ask for a range of one series: `sum(rate(http_requests_total[1m]))`. [SW9011]"),
        ('{"status": "success", "data": []}', "h.csv: Prometheus answered with no series of numbers, and must with one. Ask for a range of one series: `sum(rate(http_requests_total[1m]))`. [SW9011]"),
        ('{"status": "success", "data": {"resultType": "matrix", "result": [{"values": [[1767225600]]}]}}', "h.csv:1:1: an entry must be `[time, value]` or a mapping with `timestamp` and `requests`. [SW9009]"),
        (rows(0, 1) + '1767225720,"60\n' + rows(*range(3, 9000)), "h.csv:3:1: `601767225780,601767225840,601767225900,601767225960,60176722…` is no number. Leave the line out when nothing was measured. [SW9003]"),
        ("[" * 9999, "h.csv: this is no history: it is lists in lists, too many to read. [SW9012]"),
        (rows(0, 1) + '1767225720,"60\n' + rows(*range(3, 12_000)), "h.csv:3:1: a quote opens here, and closes nowhere near. Close it, or leave it out. [SW9007]"),
        ('{"status": "success", "data": {"resultType": "matrix", "result": [{"values":\n[[1767225600, "1"],\n[1767225660, "NaN"]]}]}}', "h.csv:3:1: `NaN` is no number. Leave the line out when nothing was measured. [SW9003]"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_line(text: str, expected: str) -> None:
    assert told(text) == [expected]


def test_all_wrong_lines_are_told_and_of_very_many_the_first() -> None:
    assert len(told("2026-01-01T00:00Z,1\n" + "2026-01-01T00:00Z,x\n" * 3)) == 3
    many = told("2026-01-01T00:00Z,1\n" + "2026-01-01T00:00Z,x\n" * 100)
    assert len(many) == 21
    assert "80 more lines are wrong." in many[0]


CORES = {
    "columns": "timestamp,requests,cpu\n2026-01-01T00:00Z,60,0.5\n2026-01-01T00:01Z,120,\n2026-01-01T00:02Z,0,2\n",
    "short lines": "cores;ts;hits\n0.5;1767225600;60\n;1767225660;120\n2;1767225720;0\n",
    "json": '[{"time": 1767225600, "requests": 60, "cpu": 0.5}, [1767225660, 120],\n [1767225720, 0, 2]]',
    "json lines": '{"ts": 1767225600, "n": 60, "cpu": "0.5"}\n[1767225660, 120, null]\n[1767225720, 0, "2"]\n',
}


@pytest.mark.parametrize("text", CORES.values(), ids=CORES)
def test_cores_stand_beside_the_requests_where_they_were_measured(text: str, tmp_path: Path) -> None:
    (tmp_path / "h.csv.gz").write_bytes(gzip.compress(text.encode()))
    assert [(row.time, row.value) for row in read_cores(tmp_path / "h.csv.gz")] == [
        (1767225600, 0.5),
        (1767225720, 2.0),
    ]
    assert list(parsed("h.csv", text).rates) == [1.0, 2.0, 0.0]


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_a_history_of_requests_alone_has_no_cores(text: str) -> None:
    assert parsed_cores("h.csv", text) == []


def test_cores_of_another_name_and_wrong_ones_are_told_at_their_lines() -> None:
    text = "time,requests,used\n2026-01-01T00:00Z,60,0.5\n2026-01-01T00:01Z,60,-1\n2026-01-01T00:02Z,60,1.2.3\n"
    assert parsed_cores("h.csv", text) == []
    assert told(text, parsed_cores, columns=(None, "used")) == [
        "h.csv:3:1: `-1` is negative, and cores are counted from 0. Leave the cell empty when nothing was measured. [SW9003]",
        "h.csv:4:1: `1.2.3` is no number. Leave the cell empty when nothing was measured. [SW9003]",
    ]
    assert told(text, parsed_cores, columns=(None, "use")) == [
        "h.csv:1:1: the history has no column `use`. Did you mean `used`? [SW9006]"
    ]


def test_an_unknown_zone_and_column_of_the_caller() -> None:
    assert told(TABLES["header"], time_zone="Mars/Dome") == [
        "--time-zone: there is no time zone `Mars/Dome`. Use a name such as `Europe/Berlin`. [SW9017]"
    ]
    with pytest.raises(SpecError, match=r"has no column `request`\. Did you mean `requests`"):
        parsed("h.csv", TABLES["header"], columns=(None, "request"))


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(b"\x1f\x8bnothing")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe1")
    for name, why in (("a.gz", "is none"), ("b.csv", "not UTF-8"), ("none.csv", "No such file")):
        with pytest.raises(SpecError, match=why):
            read(tmp_path / name)


@given(st.integers(1_000_000_000, 4_000_000_000))
def test_a_count_since_1970_is_known_by_its_size(seconds: int) -> None:
    assert epoch(seconds) == epoch(seconds * 1e3) == epoch(seconds * 1e6) == epoch(seconds * 1e9) == seconds


@given(st.permutations(range(12)), st.lists(st.integers(0, 11), max_size=5))
def test_order_and_repetition_change_nothing(order: list[int], again: list[int]) -> None:
    plain = [f"{1_767_225_600 + 60 * minute},{minute}" for minute in range(12)]
    mixed = [plain[place] for place in [*order, *again]]
    assert parsed("h", "\n".join(mixed)).rates == parsed("h", "\n".join(plain)).rates
