"""A plan's file: written, read, held against its service; and its floor as windows of a schedule."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.plan.floor import by_day, by_slot
from schemas.plan.model import Plan
from schemas.plan.problems import plan_problems, read_plan
from schemas.plan.text import written
from schemas.plan.week import WEEK
from schemas.plan.windows import MOST_WINDOWS, windows
from schemas.problems import Problem
from tests.schemas.plan.plans import plan

TODAY = date(2026, 11, 25)
ZONES = ["UTC", "Asia/Kolkata", "America/New_York"]
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


def held(made: Plan, least: int, first: datetime, days: int) -> Iterator[tuple[datetime, int, int]]:
    """Yield, every five minutes, when it is, what the plan has, and what its windows ask of KEDA."""
    zone, early = ZoneInfo(made.time_zone), timedelta(minutes=-(-made.lead_seconds // 60))
    end = datetime.combine(made.expires, time(), zone)
    opened = [(Cron(one.start_cron, zone), Cron(one.end_cron, zone), one.replicas) for one in windows(made, least)]
    for minute in range(0, days * 24 * 60, 5):
        now = first.astimezone(UTC) + timedelta(minutes=minute)
        ahead = (now + early).astimezone(zone)
        planned = made.floor[(ahead.weekday() * 1440 + ahead.hour * 60 + ahead.minute) // 15] if now < end else 0
        asked = [count for start, stop, count in opened if stop.next(now) < start.next(now)]
        yield now.astimezone(zone), max(least, planned), max([least, *asked])


@pytest.mark.parametrize("capacity", [0.001, 50.0, 123456.0, 2_500_000.0])
def test_a_plan_of_any_capacity_reads_as_it_was(tmp_path: Path, capacity: float) -> None:
    made = plan(OFFICE, capacity=capacity, margin=0.00001)
    (tmp_path / "web.yaml").write_text(written(made))
    problems: list[Problem] = []
    found = read_plan(tmp_path / "web.yaml", problems, TODAY)
    assert (problems, found and found[1]) == ([], made)


def test_the_first_day_of_all_is_old_and_no_mistake_of_the_program(tmp_path: Path) -> None:
    first = date.min
    made = plan(OFFICE, generated=first, chosen=first, expires=first + timedelta(days=1))
    (tmp_path / "web.yaml").write_text(written(made))
    problems: list[Problem] = []
    read_plan(tmp_path / "web.yaml", problems, date.min)
    assert [one.code for one in problems] == ["SW9207"]


@given(floors, st.integers(0, 9), st.integers(0, 2000), st.sampled_from(ZONES))
def test_the_greatest_window_of_a_moment_is_the_floor_until_the_plan_expires(
    floor: list[int], least: int, lead: int, zone: str
) -> None:
    made = plan(floor, lead_seconds=lead, time_zone=zone)
    early = timedelta(minutes=-(-lead // 60))
    begin = datetime.combine(made.generated, time(), ZoneInfo(zone)) - early
    assert [one for one in held(made, least, begin, 20) if one[1] != one[2]] == []


@given(floors, st.integers(0, 9), st.integers(0, 2000))
@example([1] * (6 * 96 + 10) + [5] * 3 + [1] * 83, 1, 0)
@example([1] * (6 * 96 + 8) + [5] * 4 + [1] * 84, 1, 0)
@example([1] * (6 * 96 + 12) + [5] * 4 + [1] * 80, 1, 240)
def test_the_night_of_summer_time_has_its_floor_too(floor: list[int], least: int, lead: int) -> None:
    facts = {"generated": date(2026, 3, 23), "expires": date(2026, 4, 6), "time_zone": "Europe/Berlin"}
    made = plan(floor, lead_seconds=lead, **facts)
    assert all(window.start_cron != window.end_cron for window in windows(made, least))
    for now, planned, asked in held(made, least, datetime(2026, 3, 27, 12, tzinfo=UTC), 3):
        # A year later the 28th is that night, and an hour of it is skipped.
        is_next = (now.day, now.hour) in ((28, 1), (28, 2))
        assert asked >= planned if is_next else asked == planned, now


@given(floors, st.integers(0, 9), st.integers(0, 2000))
@example([1] * (6 * 96 + 9) + [5] * 10 + [1] * 77, 1, 0)
@example([1] * (6 * 96 + 4) + [5] * 6 + [1] * 86, 1, 2400)
@example([1] * (6 * 96 + 11) + [5] * 9 + [1] * 76, 1, 5400)
def test_the_night_of_winter_time_never_has_less_than_its_floor(floor: list[int], least: int, lead: int) -> None:
    facts = {"generated": date(2026, 10, 19), "expires": date(2026, 11, 2), "time_zone": "Europe/Berlin"}
    made = plan(floor, lead_seconds=lead, **facts)
    assert all(window.start_cron != window.end_cron for window in windows(made, least))
    for now, planned, asked in held(made, least, datetime(2026, 10, 24, 12, tzinfo=UTC), 2):
        # Within these hours a time may be meant that comes twice.
        is_night = now.day == 25 and now.hour <= 3
        assert asked >= planned if is_night else asked == planned, now


@given(floors, st.integers(0, 9), st.integers(0, 2000), st.dates(date(2028, 2, 14), date(2028, 3, 3)))
@example([5] * 8 + [1] * 600 + [5] * 64, 1, 240, date(2028, 2, 21))
@example([1] * 96 + [5] * 8 + [1] * 560 + [1] * 8, 1, 240, date(2028, 2, 21))
def test_a_day_that_comes_every_four_years_does_not_hold_a_window_open(
    floor: list[int], least: int, lead: int, generated: date
) -> None:
    made = plan(floor, lead_seconds=lead, generated=generated, expires=generated + timedelta(days=14))
    begin = datetime.combine(generated, time(), UTC) - timedelta(minutes=-(-lead // 60))
    for now, planned, asked in held(made, least, begin, 20):
        is_leap = (now.month, now.day) in ((2, 28), (2, 29))
        assert asked >= planned if is_leap else asked == planned, now


def test_office_hours_are_one_window_a_month() -> None:
    november, december = windows(plan(OFFICE), 2)
    assert (november.start_cron, november.end_cron) == ("56 7 23,24,25,26,27,30 11 *", "56 17 23,24,25,26,27,30 11 *")
    assert (december.start_cron, december.end_cron) == ("56 7 1,2,3,4 12 *", "56 17 1,2,3,4 12 *")
    assert (november.replicas, december.replicas) == (9, 9)
    assert len(windows(plan([number % 7 for number in range(WEEK)]), 0)) > MOST_WINDOWS


def test_what_holds_all_week_holds_until_the_plan_expires() -> None:
    (always,) = windows(plan([4] * WEEK), 2)
    assert (always.start_cron, always.end_cron, always.replicas) == ("56 23 22 11 *", "0 0 7 12 *", 4)
    assert windows(plan([4] * WEEK), 4) == ()


def test_a_window_over_midnight_ends_on_the_next_day() -> None:
    late = plan([1] * 92 + [5] * 12 + [1] * (WEEK - 104), lead_seconds=0, generated=date(2026, 11, 24))
    crons = [(window.start_cron, window.end_cron) for window in windows(late, 1)]
    assert crons == [("0 23 23 11 *", "0 2 24 11 *"), ("0 23 30 11 *", "0 2 1 12 *")]


def test_a_window_that_opens_in_the_hour_that_summer_time_skips_opens_after_it() -> None:
    night = [1] * (6 * 96 + 10) + [5] * 40 + [1] * (96 - 50)
    facts = {"generated": date(2026, 3, 23), "expires": date(2026, 3, 30), "time_zone": "Europe/Berlin"}
    (window,) = windows(plan(night, lead_seconds=0, **facts), 1)
    assert (window.start_cron, window.end_cron) == ("0 3 29 3 *", "30 12 29 3 *")


def test_a_window_that_opens_in_the_hour_that_comes_twice_opens_before_it() -> None:
    night = [1] * (6 * 96 + 9) + [5] * 10 + [1] * (96 - 19)
    facts = {"generated": date(2026, 10, 19), "expires": date(2026, 10, 26), "time_zone": "Europe/Berlin"}
    (window,) = windows(plan(night, lead_seconds=0, **facts), 1)
    assert (window.start_cron, window.end_cron) == ("59 1 25 10 *", "45 4 25 10 *")


def test_a_window_that_would_not_open_in_the_next_year_opens_early() -> None:
    late = plan([1] * 188 + [5] * 12 + [1] * (WEEK - 200), lead_seconds=0, generated=date(2028, 2, 28),
                expires=date(2028, 3, 6))  # fmt: skip
    (window,) = windows(late, 1)
    assert (window.start_cron, window.end_cron) == ("59 23 28 2 *", "0 2 1 3 *")
    facts = {"generated": date(2026, 3, 23), "expires": date(2026, 3, 30), "time_zone": "Europe/Berlin"}
    (window,) = windows(plan([1] * 488 + [5] * 8 + [1] * (WEEK - 496), lead_seconds=0, **facts), 1)
    assert (window.start_cron, window.end_cron) == ("59 1 28 3 *", "0 4 28 3 *")


class Cron:
    """A schedule of days of a month by the clocks of a time zone, as KEDA reads one; it comes back every year.

    What the clocks skip does not come, and what they show twice comes twice.
    """

    def __init__(self, text: str, zone: ZoneInfo) -> None:
        minute, hour, days, month, weekday = text.split()
        assert weekday == "*"
        self.moments = sorted(
            {
                moment
                for year in (2025, 2026, 2027, 2028, 2029, 2032)
                for day in days.split(",")
                if int(day) <= monthrange(year, int(month))[1]
                for fold in (0, 1)
                for shown in (datetime(year, int(month), int(day), int(hour), int(minute), tzinfo=zone, fold=fold),)
                for moment in (shown.astimezone(UTC),)
                if moment.astimezone(zone).replace(tzinfo=None, fold=0) == shown.replace(tzinfo=None, fold=0)
            }
        )

    def next(self, now: datetime) -> datetime:
        """Return when it comes next after now."""
        return self.moments[bisect_right(self.moments, now)]


def problems_of(tmp_path: Path, *edits: tuple[str, str]) -> list[str]:
    text = written(plan(OFFICE))
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    (tmp_path / "web.yaml").write_text(text)
    problems: list[Problem] = []
    found = read_plan(tmp_path / "web.yaml", problems, TODAY)
    if found is not None:
        problems += plan_problems(
            *found, application="shop", service="web", environment="prod", most=8, named_at="app.yaml:9"
        )
    return [str(one).replace(f"{tmp_path}/", "") for one in problems]


TOO_MANY = 'web.yaml:27:35: spec.floor.monday["08:00"]: warning: 9 replicas are planned here, and `scaling.max` is 8: so many are there, and no more. Raise `scaling.max`. [SW9203]'
AGAIN = "Make a new one with `stackwright forecast`."


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("service: \"web\"", "service: \"cart\""), ["web.yaml:4:42: metadata.service: this plan belongs to the service `cart`, and is named for `web` (app.yaml:9). Name there the plan of its own, or make one with `stackwright forecast`. [SW9202]", TOO_MANY]),
        (("2026-12-07", "2026-11-25"), [f"web.yaml:7:12: spec.expires: the plan expired on 2026-11-25. {AGAIN} [SW9201]"]),
        (("2026-12-07", "2026-11-27"), [f"web.yaml:7:12: spec.expires: warning: the plan expires on 2026-11-27. {AGAIN} [SW9207]", TOO_MANY]),
        (("2026-12-07", "2026-11-01"), ["web.yaml:7:12: spec.expires: the plan ends on 2026-11-01, and was made on 2026-11-23. It must end later. [SW9206]"]),
        (("2026-12-07", "2026-12-32"), ["web.yaml:7:12: spec.expires: `2026-12-32` must be a day such as `2026-12-09`. [SW2005]"]),
        (("2026-12-07", "2026-11-31"), ["web.yaml:7:12: spec.expires: `2026-11-31` is no day of the calendar. [SW9204]"]),
        (('"UTC"', '"Marsdome"'), ["web.yaml:8:13: spec.timeZone: there is no time zone `Marsdome`. The names are those of the IANA database. [SW9205]"]),
        (('"08:00": 9', '"08:10": 9'), [f"web.yaml:{line}:{column}: spec.floor.{day}[\"08:10\"]: `08:10` is not a quarter of an hour such as `07:30`, in quotes. [SW2005]" for line, column, day in ((27, 26, "monday"), (28, 27, "tuesday"), (29, 29, "wednesday"), (30, 28, "thursday"), (31, 26, "friday"))]),
        (('"UTC"', '{zone: "UTC"}'), ["web.yaml:8:13: spec.timeZone: a mapping must be text. [SW2002]"]),
        (("leadSeconds: 240", "leadSeconds: 99999999999"), ["web.yaml:18:16: spec.leadSeconds: `99999999999` must be at most 14400. [SW2007]"]),
        (("smoothing: 4", "smoothing: 337"), ["web.yaml:16:40: spec.model.smoothing: `337` must be at most 336. [SW2007]"]),
        (("  margin: 1.12\n", ""), ["web.yaml:6:3: spec: `margin` is missing. [SW2004]"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_plan_is_told_at_its_line(
    tmp_path: Path, edit: tuple[str, str], expected: list[str]
) -> None:
    assert problems_of(tmp_path, edit) == expected
