"""A plan's file: written, read, held against its service; and its floor as windows of a schedule."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.plan.floor import by_day, by_slot
from schemas.plan.problems import plan_problems, read_plan
from schemas.plan.text import written
from schemas.plan.week import WEEK
from schemas.plan.windows import MOST_WINDOWS, base, windows
from schemas.problems import Problem
from tests.schemas.plan.plans import plan

TODAY = date(2026, 11, 25)
OFFICE = ([2] * 32 + [9] * 40 + [2] * 24) * 5 + [2] * 192
floors = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=40).map(
    lambda runs: ([count for length, count in runs for _ in range(length)] * WEEK)[:WEEK]
)


@given(floors)
def test_a_floor_by_day_is_the_floor_by_slot(floor: list[int]) -> None:
    assert by_slot(by_day(floor)) == floor


@given(floors)
def test_a_written_plan_reads_as_it_was(tmp_path_factory: pytest.TempPathFactory, floor: list[int]) -> None:
    file = tmp_path_factory.mktemp("plan") / "web.yaml"
    file.write_text(written(plan(floor)))
    problems: list[Problem] = []
    found = read_plan(file, problems, TODAY)
    assert problems == []
    assert found is not None
    assert found[1] == plan(floor)


@given(floors, st.integers(0, 9), st.integers(0, 2000))
def test_the_greatest_window_of_a_moment_is_the_floor(floor: list[int], least: int, lead: int) -> None:
    made = plan(floor, lead_seconds=lead)
    minutes = [base(made, least)] * (WEEK * 15)
    for window in windows(made, least):
        length = window.days_long * 1440 + window.end - window.start
        assert 0 < length < WEEK * 15
        for day in window.days:
            for minute in range(day * 1440 + window.start, day * 1440 + window.start + length):
                minutes[minute % (WEEK * 15)] = max(minutes[minute % (WEEK * 15)], window.replicas)
    early = -(-lead // 60)
    assert minutes == [max(least, floor[(minute + early) % (WEEK * 15) // 15]) for minute in range(WEEK * 15)]


def test_office_hours_are_one_window() -> None:
    (window,) = windows(plan(OFFICE), 2)
    assert (window.start_cron(), window.end_cron(), window.replicas) == ("56 7 * * 1,2,3,4,5", "56 17 * * 1,2,3,4,5", 9)
    assert len(windows(plan([number % 7 for number in range(WEEK)]), 0)) > MOST_WINDOWS


def test_a_window_over_midnight_ends_on_the_next_day() -> None:
    late = plan([1] * 92 + [5] * 12 + [1] * (WEEK - 104), lead_seconds=0)
    (window,) = windows(late, 1)
    assert (window.start_cron(), window.end_cron()) == ("0 23 * * 1", "0 2 * * 2")


def problems_of(tmp_path: Path, *edits: tuple[str, str]) -> list[str]:
    text = written(plan(OFFICE))
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    (tmp_path / "web.yaml").write_text(text)
    problems: list[Problem] = []
    found = read_plan(tmp_path / "web.yaml", problems, TODAY)
    if found is not None:
        problems += plan_problems(*found, application="shop", service="web", environment="prod", most=8)
    return [str(one).replace(f"{tmp_path}/", "") for one in problems]


TOO_MANY = 'web.yaml:27:35: spec.floor.monday["08:00"]: warning: 9 replicas are planned here, and `scaling.max` is 8: so many are there, and no more. Raise `scaling.max`. [SW9203]'
AGAIN = "Make a new one with `stackwright forecast`."


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("service: \"web\"", "service: \"cart\""), ["web.yaml:4:42: metadata.service: this plan belongs to the service `cart`, and is named for `web`. Name the plan of its own, or make one with `stackwright forecast`. [SW9202]", TOO_MANY]),
        (("2026-12-07", "2026-11-25"), [f"web.yaml:7:12: spec.expires: the plan expired on 2026-11-25. {AGAIN} [SW9201]"]),
        (("2026-12-07", "2026-11-27"), [f"web.yaml:7:12: spec.expires: warning: the plan expires on 2026-11-27. {AGAIN} [SW9207]", TOO_MANY]),
        (("2026-12-07", "2026-11-01"), ["web.yaml:7:12: spec.expires: the plan ends on 2026-11-01, and was made on 2026-11-23. It must end later. [SW9206]"]),
        (("2026-12-07", "2026-12-32"), ["web.yaml:7:12: spec.expires: `2026-12-32` must be a day such as `2026-12-09`. [SW2005]"]),
        (("2026-12-07", "2026-11-31"), ["web.yaml:7:12: spec.expires: `2026-11-31` is no day of the calendar. [SW9204]"]),
        (('"UTC"', '"Mars/Dome"'), ["web.yaml:8:13: spec.timeZone: there is no time zone `Mars/Dome`. Use a name such as `Europe/Berlin`. [SW9205]"]),
        (('"08:00": 9', '"08:10": 9'), [f"web.yaml:{line}:{column}: spec.floor.{day}[\"08:10\"]: `08:10` is not a quarter of an hour such as `07:30`, in quotes. [SW2005]" for line, column, day in ((27, 26, "monday"), (28, 27, "tuesday"), (29, 29, "wednesday"), (30, 28, "thursday"), (31, 26, "friday"))]),
        (("  margin: 1.12\n", ""), ["web.yaml:6:3: spec: `margin` is missing. [SW2004]"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_plan_is_told_at_its_line(
    tmp_path: Path, edit: tuple[str, str], expected: list[str]
) -> None:
    assert problems_of(tmp_path, edit) == expected
