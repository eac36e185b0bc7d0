"""Windows of the week: the table that people read, and the cron schedules that open and close them, say the same."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas.model import ScalingSchedule
from schemas.values.schedules import DAYS, crons, minutes, week

MONDAY = datetime(2026, 11, 2)
WEEK = 7 * 24 * 60

clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
windows = st.builds(
    ScalingSchedule,
    days=st.lists(st.sampled_from(DAYS), min_size=1, unique=True),
    from_=clocks,
    to=clocks,
    time_zone=st.just("UTC"),
    min=st.integers(1, 20),
)


def opened(cron: str, moment: datetime) -> bool:
    """Return whether a schedule of one minute on some days names a moment."""
    minute, hour, _, _, days = cron.split()
    numbers = [int(day) for day in days.split(",")]
    return (moment.minute, moment.hour) == (int(minute), int(hour)) and moment.isoweekday() % 7 in numbers


def is_open(schedule: ScalingSchedule, minute: int) -> bool:
    """Return whether a window is open: of its opening and its closing, the closing comes next, as KEDA reads it."""
    start, end = crons(schedule)
    moment = MONDAY + timedelta(minutes=minute)
    for _ in range(WEEK):
        moment += timedelta(minutes=1)
        if opened(end, moment):
            return True
        if opened(start, moment):
            return False
    raise AssertionError("a window opens and closes within a week")


@given(st.dictionaries(st.sampled_from("abc"), windows, max_size=3), st.integers(0, 10), st.data())
def test_the_table_says_what_the_schedules_do(
    schedules: dict[str, ScalingSchedule], fewest: int, data: st.DataObject
) -> None:
    spans = week(schedules, fewest)
    assert [span.start for span in spans] == [0, *(span.end for span in spans[:-1])]
    assert spans[-1].end == WEEK
    edges = sorted({span.start for span in spans})
    minute = data.draw(st.sampled_from(edges) | st.integers(0, WEEK - 1))
    span = next(span for span in spans if span.start <= minute < span.end)
    open_now = [name for name, schedule in schedules.items() if is_open_or_whole(schedule, minute)]
    assert sorted(span.windows) == sorted(open_now)
    assert span.pods == max([fewest, *(schedules[name].min for name in open_now)])


def is_open_or_whole(schedule: ScalingSchedule, minute: int) -> bool:
    """Return whether a window is open. Where one closes as it opens again, both schedules name the minute."""
    if schedule.from_ != schedule.to:
        return is_open(schedule, minute)
    day, rest = divmod(minute, 24 * 60)
    began = day if rest >= minutes(schedule.from_) else day - 1
    return DAYS[began % 7] in schedule.days


def test_a_window_over_midnight_closes_on_the_next_day() -> None:
    schedule = ScalingSchedule(days=["fri", "sun"], from_="22:00", to="06:30", time_zone="UTC", min=5)
    assert crons(schedule) == ("0 22 * * 0,5", "30 6 * * 1,6")
    assert [(span.text, span.pods) for span in week({"late": schedule}, 2)] == [
        ("mon 00:00 to mon 06:30", 5),
        ("mon 06:30 to fri 22:00", 2),
        ("fri 22:00 to sat 06:30", 5),
        ("sat 06:30 to sun 22:00", 2),
        ("sun 22:00 to mon 00:00", 5),
    ]
