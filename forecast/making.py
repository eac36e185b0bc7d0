"""Making a plan: the whole way from a history to a plan, or to the reason why there is none."""

from datetime import UTC, date, datetime, timedelta
from pathlib import PurePath

from forecast import refusal
from forecast.backtest import MOST_FOLDS, Bench, Choice, floor_of, folds
from forecast.choice import Trial, Verdict, Watch, chosen, judged
from forecast.history.history import History
from forecast.models import foreseen
from forecast.owner import Owner
from forecast.season import by_week, series
from forecast.wish import Wish
from schemas.plan.model import Plan
from schemas.plan.week import WEEK
from simulator.replay.workload import Tally, tally

LIFE = timedelta(days=14)
"""A plan is made weekly; one that was forgotten twice says so."""
CHOICE_LIFE = timedelta(days=7)
"""A backtest of all models takes a quarter of a minute; its choice changes slowly."""


def backtested(history: History, wish: Wish, watch: Watch = iter) -> Verdict:
    """Return what a backtest of every model finds.

    Raises:
        NoPlanError: no plan is worth it.

    """
    bench = _bench(history, wish)
    return chosen(bench, history.name, watch)


def refitted(history: History, wish: Wish, choice: Choice, margin: float) -> Verdict:
    """Return what the latest week says of a plan whose model and margin an earlier backtest chose.

    Raises:
        NoPlanError: it is worth it no more.

    """
    bench = _bench(history, wish, most=1)
    trial = Trial(choice, margin, bench.planned(choice, margin))
    return judged(bench, trial, [trial], history.name)


def renewed(history: History, wish: Wish, before: Plan, owner: Owner) -> Plan:
    """Return the next plan of a service that has one; a young choice of model and margin is kept, an old one is not.

    Raises:
        NoPlanError: no plan is worth it.

    """
    if owner.today - before.chosen < CHOICE_LIFE:
        verdict = refitted(history, wish, Choice(before.model, before.smoothing), before.margin)
        return plan(history, wish, verdict, owner, before.chosen)
    return plan(history, wish, backtested(history, wish), owner)


def _bench(history: History, wish: Wish, most: int = MOST_FOLDS) -> Bench:
    if not (found := folds(history.demand, wish, most)):
        raise refusal.too_short(history.name, len(series(history.demand, wish.zone).peaks) / WEEK)
    return Bench(wish, found)


def plan(history: History, wish: Wish, verdict: Verdict, owner: Owner, chosen_on: date | None = None) -> Plan:
    """Return the plan of the week after a history; `chosen_on` is the day of an earlier backtest that chose for it.

    Raises:
        NoPlanError: it would ask for no replica more than there are at least.

    """
    past = series(history.demand, wish.zone)
    choice, margin = verdict.chosen.choice, verdict.chosen.margin
    week = foreseen(choice.model, choice.smoothing, past.peaks)
    floor = tuple(floor_of(by_week(week, past.end), margin, wish))
    if max(floor) <= wish.min:
        raise refusal.no_floor(history.name, wish.min)
    return Plan(
        application=owner.application,
        service=owner.service,
        environment=owner.environment,
        generated=owner.today,
        expires=owner.today + LIFE,
        time_zone=owner.time_zone,
        model=choice.model,
        smoothing=choice.smoothing,
        chosen=chosen_on or owner.today,
        margin=margin,
        lead_seconds=wish.lead_seconds,
        capacity=wish.workload.capacity,
        target_percent=wish.target_percent,
        start_seconds=wish.workload.start_seconds,
        history=_origin(history),
        skill=_skill(verdict, wish),
        floor=floor,
    )


def _origin(history: History) -> dict[str, object]:
    begin, end = (
        datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (history.start, history.end)
    )
    repairs = {"repairs": list(history.repairs)} if history.repairs else {}
    found = {"source": PurePath(history.name).name, "from": begin, "to": end}
    return {**found, "stepSeconds": history.step_seconds, **repairs}


def _skill(verdict: Verdict, wish: Wish) -> dict[str, object]:
    expected = sum(verdict.coverage) / len(verdict.coverage)
    return {
        "weeks": verdict.weeks,
        "plan": _result(tally(verdict.chosen.outcomes), wish.target_percent),
        "reactive": _result(verdict.reactive, wish.target_percent),
        "equalCost": _result(verdict.equal, verdict.equal_target),
        "coveragePercent": {"expected": round(expected, 1), "latest": round(verdict.coverage[-1], 1)},
    }


def _result(sums: Tally, target: float) -> dict[str, float]:
    return {
        "targetPercent": round(target, 1),
        "overloadedPercent": round(sums.overloaded_percent, 4),
        "podHours": round(sums.pod_hours, 1),
    }
