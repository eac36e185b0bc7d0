"""Plans are made where they help, and refused with the reason where they do not."""

from dataclasses import replace
from datetime import date

import pytest

from forecast.backtest import Bench, Choice, at_equal_cost, folds, tally
from forecast.history.history import History
from forecast.history.read import read
from forecast.making import backtested, plan, refitted
from forecast.owner import Owner
from forecast.refusal import NoPlanError
from forecast.wish import Wish
from schemas.plan.week import WEEK
from tests.forecast.test_history import NASA
from tests.forecast.traces import Constant, Grown, Opening, Rate, Walk, history, wish

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


@pytest.mark.prove
@pytest.mark.parametrize(("rate", "code"), [(Walk(), "SW9103"), (Grown(), "SW9104")], ids=["random walk", "grown"])
def test_no_plan_is_made_of_a_past_that_says_nothing_of_the_next_week(rate: Rate, code: str) -> None:
    assert refusal(history(4, rate), wish()) == code


def test_a_shop_that_opens_at_once_is_ready_before_it_opens() -> None:
    shop = history(3, Opening())
    verdict = refitted(shop, wish(), Choice("average week", 0), 0.8)
    made = plan(
        shop,
        wish(),
        verdict,
        Owner(application="shop", service="web", environment="prod", time_zone="UTC", today=date(2026, 1, 26)),
    )
    assert verdict.skill > 0.9
    monday, sunday = made.floor[:96], made.floor[-96:]
    assert min(monday[32:80]) >= 30
    assert max(monday[:32] + sunday) < 5
    assert (made.lead_seconds, len(made.floor), made.history["to"]) == (240, WEEK, "2026-01-26T00:00:00Z")


def test_a_plan_that_is_never_above_min_is_none() -> None:
    shop, asked = history(3, Opening()), wish()
    verdict = refitted(shop, asked, Choice("average week", 0), 0.8)
    owner = Owner(application="shop", service="web", environment="prod", time_zone="UTC", today=date(2026, 1, 26))
    most = max(plan(shop, asked, verdict, owner).floor)
    assert max(plan(shop, replace(asked, min=most - 1), verdict, owner).floor) == most
    with pytest.raises(NoPlanError, match=rf"never ask for more replicas than `min`, {most}\."):
        plan(shop, replace(asked, min=most), verdict, owner)


def against_equal_cost(start_seconds: float, choice: Choice | None) -> float:
    """Return by which factor a plan leaves fewer requests without room than the autoscaler alone at equal pod-hours.

    Everything is chosen on the first three weeks of the trace and judged on the fourth.
    """
    whole = read(NASA).demand(SCALE)
    week = 7 * 24 * 3600
    before = History(
        name="nasa", start=whole.start, step_seconds=60, rates=whole.part(whole.start, whole.end - week).rates
    )
    asked = wish(start_seconds)
    if choice is None:
        chosen = backtested(before, asked).chosen
        choice, margin = chosen.choice, chosen.margin
    else:
        margin = 1.1
    judge = Bench(asked, folds(whole, asked, 1))
    planned = tally(judge.planned(choice, margin))
    target, outcomes = at_equal_cost(judge, planned.pod_hours)
    alone = tally(outcomes)
    assert alone.pod_hours == pytest.approx(planned.pod_hours, rel=0.01)
    print(
        f"pods start in {start_seconds:.0f} s: {choice.model}, smoothed over {choice.smoothing}, margin {margin}: "
        f"{planned.overloaded_percent:.4f} % @ {planned.pod_hours:.0f}; alone with a target of {target:.1f} %: "
        f"{alone.overloaded_percent:.4f} % @ {alone.pod_hours:.0f}; 1/{alone.overloaded / planned.overloaded:.2f}"
    )
    return alone.overloaded / planned.overloaded


def test_a_plan_leaves_a_third_of_the_requests_without_room_on_a_real_trace() -> None:
    assert against_equal_cost(60, Choice("average week", 4)) >= 3


@pytest.mark.prove
@pytest.mark.parametrize(("start_seconds", "factor"), [(60, 4), (180, 5), (300, 6)])
def test_what_is_chosen_on_three_weeks_holds_on_the_fourth(start_seconds: float, factor: float) -> None:
    assert against_equal_cost(start_seconds, None) >= factor
