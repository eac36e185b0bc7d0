"""A plan that was made, and how it is told on a terminal and to machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cli.capacity.measuring import Capacity
from cli.capacity.sparkline import is_plain, sparkline
from cli.capacity.tables import summed, table
from forecast.choice import Trial, Verdict, Watch
from forecast.history.history import History
from forecast.making import backtested, plan
from forecast.owner import Owner
from forecast.season import by_week, series
from forecast.wish import Wish
from schemas.plan.model import Plan
from schemas.plan.text import written
from schemas.plan.week import DAYS, WEEK
from simulator.replay.workload import tally

_BARS = 10
"""A day's bars: with seven days of them a line fits a terminal of 80 columns, and does not wrap."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what was found on the way to it."""

    history: History
    wish: Wish
    verdict: Verdict
    plan: Plan
    latest: Sequence[float]
    """The peaks of the history's last week, from Monday on, in requests per second."""
    capacity: Capacity
    form: str = ""
    """In which form the platform takes the plan, as a sentence."""

    @property
    def text(self) -> str:
        """The plan's file."""
        return written(self.plan)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the history hides from the plan, a sentence each."""
        return self.history.warnings_on(self.plan.generated)

    @property
    def room(self) -> list[float]:
        """The rate that the floor has room for in each quarter of an hour of the week."""
        return [count * self.plan.capacity for count in self.plan.floor]


def planned(history: History, wish: Wish, owner: Owner, watch: Watch) -> Planned:
    """Return the plan of a history.

    Raises:
        NoPlanError: it would do no good.

    """
    return told(history, wish, owner, backtested(history, wish, watch))


def told(history: History, wish: Wish, owner: Owner, verdict: Verdict) -> Planned:
    """Return the plan that a verdict chose."""
    whole = series(history.demand, wish.zone)
    latest = by_week(whole.week(whole.end - WEEK), whole.end - WEEK)
    return Planned(
        history, wish, verdict, plan(history, wish, verdict, owner), latest, Capacity(wish.workload.capacity)
    )


def rows(result: Planned, price: float | None) -> list[dict[str, Any]]:
    """Return the backtest: the autoscaler alone, with a lower target of equal cost, and the plans under it."""
    verdict, hours = result.verdict, result.verdict.weeks * 168.0
    alone = result.wish.target_percent
    sums = [
        (f"autoscaler alone, target {alone:g} %", verdict.reactive),
        (f"autoscaler alone, target {verdict.equal_target:.1f} %", verdict.equal),
    ]
    others = [trial for trial in verdict.trials if trial is not verdict.chosen]
    sums += [(f"over a floor by {_name(trial)}", tally(trial.outcomes)) for trial in others]
    sums.append((f"over the plan: {_name(verdict.chosen)}", tally(verdict.chosen.outcomes)))
    return [summed(name, one.overloaded_percent, one.pod_hours, hours, price) for name, one in sums]


def _weeks(count: int) -> str:
    return "1 week" if count == 1 else f"{count} weeks"


def _name(trial: Trial) -> str:
    return f"{trial.choice}, margin {trial.margin:g}"


def as_json(result: Planned, price: float | None) -> dict[str, Any]:
    """Return all that was found."""
    history = result.history
    return {
        "history": {
            "from": _time(history.start),
            "to": _time(history.end),
            "repairs": list(history.repairs),
            "warnings": list(result.warnings),
        },
        "capacity": result.capacity.row,
        "backtest": rows(result, price),
        "skill": result.plan.skill,
        "form": result.form,
        "plan": result.text,
    }


def as_text(result: Planned, price: float | None) -> str:
    """Return what was found, for a terminal."""
    plan, history, spared = result.plan, result.history, 100 * result.verdict.skill
    begin, end = _time(history.start), _time(history.end)
    coverage = plan.skill["coveragePercent"]
    most = max(*result.latest, *result.room)
    plain = is_plain()
    lines = [
        f"{plan.service} in {plan.environment}: {history.weeks:.1f} weeks, {begin} to {end}",
        *(f"  repaired: {repair}" for repair in history.repairs),
        *(f"  beware: {warning}" for warning in result.warnings),
        *filter(None, [result.capacity.text]),
        f"Tried on {_weeks(result.verdict.weeks)}, each foreseen from those before it:",
        "",
        table(rows(result, price)),
        f"At equal pod-hours the plan spares {spared:.0f} % of the requests without room.",
        f"Its replicas had room for what came in {coverage['expected']:.0f} % of the quarters of an hour, "
        f"in the latest week in {coverage['latest']:.0f} %.",
        result.form,
        "",
        "       " + "".join(f"{day[:3].capitalize():<{_BARS}}" for day in DAYS).rstrip(),
        f"demand {sparkline(result.latest, _BARS * len(DAYS), most, plain=plain)}",
        f"plan   {sparkline(result.room, _BARS * len(DAYS), most, plain=plain)}",
    ]
    return "\n".join(lines) + "\n"


def _time(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")
