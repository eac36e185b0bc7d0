"""Plans are made where they help, and refused with the reason where they do not."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from forecast.backtest import Choice
from forecast.choice import Trial, Verdict
from forecast.history.history import WEEK_SECONDS, History
from forecast.history.read import read
from forecast.making import backtested, plan, refitted
from forecast.owner import Owner
from forecast.refusal import NoPlanError
from forecast.wish import Wish
from schemas.plan.week import WEEK
from tests.forecast.judged import MEAN, last_week, windows
from tests.forecast.test_history import NASA
from tests.forecast.traces import MINUTES, MONDAY, Constant, Grown, Opening, Rate, Walk, history, wish

SCALE = 500.0
"""NASA's server of 1995 answered a request a second; so much busier it fills a dozen replicas."""


def refusal(of: History, asked: Wish) -> str:
    with pytest.raises(NoPlanError) as raised:
        backtested(of, asked)
    (problem,) = raised.value.problems
    return problem.code


@pytest.mark.parametrize(
    ("weeks", "rate", "code"),
    [(3, Constant(), "SW9105"), (3, Opening(busy=100.0), "SW9105"), (1.9, Opening(), "SW9102")],
    ids=["constant", "low and smooth", "too short"],
)
def test_no_plan_is_made_where_there_is_no_benefit(weeks: float, rate: Rate, code: str) -> None:
    assert refusal(history(weeks, rate), wish()) == code


def test_two_weeks_that_lose_an_hour_to_winter_time_are_too_short() -> None:
    autumn = replace(history(2, Opening()), start=datetime(2026, 10, 12, tzinfo=UTC).timestamp())
    asked = replace(wish(), zone=ZoneInfo("Europe/Berlin"))
    for make in (backtested, lambda of, to: refitted(of, to, Choice("last week", 0), 0.8)):
        with pytest.raises(NoPlanError) as raised:
            make(autumn, asked)
        assert [str(one) for one in raised.value.problems] == [
            "made-up: the history covers 1.99 weeks, and a plan needs 2: one to learn from and one to be tried on. Export "
            "a longer history. [SW9102]"
        ]


@pytest.mark.prove
@pytest.mark.parametrize(("rate", "code"), [(Walk(), "SW9103"), (Grown(), "SW9104")], ids=["random walk", "grown"])
def test_no_plan_is_made_of_a_past_that_says_nothing_of_the_next_week(rate: Rate, code: str) -> None:
    assert refusal(history(4, rate), wish()) == code


OWNER = Owner(application="shop", service="web", environment="prod", time_zone="UTC", today=date(2026, 1, 26))


@pytest.fixture(scope="module")
def shop() -> History:
    return history(3, Opening())


@pytest.fixture(scope="module")
def verdict(shop: History) -> Verdict:
    return refitted(shop, wish(), Choice("average week", 0), 0.8)


def test_a_shop_that_opens_at_once_is_ready_before_it_opens(shop: History, verdict: Verdict) -> None:
    made = plan(shop, wish(), verdict, OWNER)
    assert verdict.skill > 0.9
    monday, sunday = made.floor[:96], made.floor[-96:]
    assert min(monday[32:80]) >= 30
    assert max(monday[:32] + sunday) < 5
    assert (made.lead_seconds, len(made.floor), made.history["to"]) == (240, WEEK, "2026-01-26T00:00:00Z")


def test_a_max_that_is_too_low_is_no_fault_of_the_past() -> None:
    with pytest.raises(NoPlanError) as raised:
        refitted(history(2, Opening()), replace(wish(), max=10), Choice("last week", 0), 0.8)
    (problem,) = raised.value.problems
    assert str(problem) == (
        "made-up: no room: `max`, 10 replicas, serves 500 requests per second, and up to 1803 came, so 61.201 % of "
        "requests find no room, whatever is planned. Raise `scaling.max`, or see whether the capacity and the column "
        "of counts are right. [SW9114]"
    )


def test_a_plan_that_is_never_above_min_is_none(shop: History, verdict: Verdict) -> None:
    asked = wish()
    most = max(plan(shop, asked, verdict, OWNER).floor)
    assert max(plan(shop, replace(asked, min=most - 1), verdict, OWNER).floor) == most
    with pytest.raises(NoPlanError, match=rf"never ask for more replicas than `min`, {most}\."):
        plan(shop, replace(asked, min=most), verdict, OWNER)


def against_equal_cost(start_seconds: float, trial: Trial | None = None) -> float:
    """Return by which factor a plan leaves fewer requests without room than the autoscaler alone at equal pod-hours.

    Everything is chosen on the first three weeks of the trace and judged on the fourth.
    """
    judged = last_week(read(NASA).scaled(SCALE).demand, wish(start_seconds), trial)
    assert judged.refused == ""
    assert judged.equal.pod_hours == pytest.approx(judged.planned.pod_hours, rel=0.01)
    print(f"pods start in {start_seconds:.0f} s: {judged}")
    return judged.factor


def test_a_trace_is_judged_in_each_week_that_has_three_before_it() -> None:
    found = list(windows(history(5.5, Opening(busy=100.0))))
    assert [(one.end - MONDAY) / WEEK_SECONDS for one in found] == [4.5, 5.5]
    assert [len(one.rates) / MINUTES for one in windows(history(3.5, Opening(busy=100.0)))] == [3.5]
    for one in found:
        past = one.rates[: 3 * MINUTES]
        assert len(one.rates) == 4 * MINUTES
        assert sum(past) / len(past) == pytest.approx(MEAN)


def test_a_plan_leaves_a_third_of_the_requests_without_room_on_a_real_trace() -> None:
    assert against_equal_cost(60, Trial(Choice("average week", 4), 1.1, [])) >= 3


@pytest.mark.prove
@pytest.mark.parametrize(("start_seconds", "factor"), [(60, 4), (180, 5), (300, 6)])
def test_what_is_chosen_on_three_weeks_holds_on_the_fourth(start_seconds: float, factor: float) -> None:
    assert against_equal_cost(start_seconds) >= factor
