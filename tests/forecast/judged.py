"""Plans judged on a week that they did not see, against the autoscaler alone at the same pod-hours.

`python -m tests.forecast.judged requests.csv` does it for each week of a history that has three before it, or for the
last one of a shorter history: everything is chosen on what is before, also by how much the demand is multiplied, so
that about nine replicas serve it.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from forecast.backtest import Bench, at_equal_cost, folds
from forecast.choice import Trial, chosen, tried
from forecast.history.history import WEEK_SECONDS, History
from forecast.history.read import read
from forecast.refusal import NoPlanError
from forecast.wish import Wish
from schemas.plan.week import SLOT_SECONDS
from simulator.replay.demand import Demand
from simulator.replay.workload import Tally, tally
from tests.forecast.traces import wish

MEAN = 309.0
"""Requests per second, as NASA's server has them when it is five hundred times as busy."""
BEFORE = 3
STARTS = (60.0, 180.0, 300.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a plan in the week after its history."""

    trial: Trial
    refused: str
    """The code with which the plan is refused, or nothing."""
    planned: Tally
    alone: Tally
    target_percent: float
    """With this target the autoscaler alone spends the pod-hours of the plan."""
    equal: Tally

    @property
    def factor(self) -> float:
        """By which factor fewer requests find no room than with the autoscaler alone at the same pod-hours."""
        if not self.planned.overloaded:
            return float("inf") if self.equal.overloaded else 1.0
        return self.equal.overloaded / self.planned.overloaded

    def __str__(self) -> str:
        """Return it as a line."""
        return (
            f"{self.refused or 'planned'}: {self.trial.choice}, margin {self.trial.margin}: "
            f"{self.planned.overloaded_percent:.4f} % @ {self.planned.pod_hours:.0f}; "
            f"alone with a target of {self.target_percent:.1f} %: "
            f"{self.equal.overloaded_percent:.4f} % @ {self.equal.pod_hours:.0f}; as written: "
            f"{self.alone.overloaded_percent:.4f} % @ {self.alone.pod_hours:.0f}; 1/{self.factor:.2f}"
        )


def last_week(whole: Demand, asked: Wish, trial: Trial | None = None) -> Judged:
    """Return what comes in a demand's last week of the plan that is chosen on what is before it, or of a given one."""
    refused = ""
    if trial is None:
        past = whole.part(whole.start, whole.end - WEEK_SECONDS)
        bench = Bench(asked, folds(past, asked))
        try:
            trial = chosen(bench, "history").chosen
        except NoPlanError as error:
            refused = error.problems[0].code
            trial = tried(bench)[0]
    judge = Bench(asked, folds(whole, asked, 1))
    planned = tally(judge.planned(trial.choice, trial.margin))
    target, outcomes = at_equal_cost(judge, planned.pod_hours)
    return Judged(trial, refused, planned, tally(judge.alone(asked.target_percent)), target, tally(outcomes))


def windows(history: History) -> Iterator[Demand]:
    """Yield each week with the three before it, the oldest first, their means made the same; at least the last week."""
    whole = history.demand
    end = history.end // SLOT_SECONDS * SLOT_SECONDS
    for back in reversed(range(max(1, int((end - history.start) // WEEK_SECONDS) - BEFORE))):
        last = end - back * WEEK_SECONDS
        part = whole.part(last - (BEFORE + 1) * WEEK_SECONDS, last)
        past = part.part(part.start, last - WEEK_SECONDS).rates
        factor = MEAN * len(past) / sum(past)
        yield Demand(part.start, part.step_seconds, [rate * factor for rate in part.rates])


def main() -> None:
    """Judge each week of the histories that are named."""
    for name in sys.argv[1:]:
        for demand in windows(read(Path(name))):
            day = datetime.fromtimestamp(demand.end, UTC).date()
            for seconds in STARTS:
                print(f"{name} until {day}, pods start in {seconds:.0f} s: {last_week(demand, wish(seconds))}")


if __name__ == "__main__":
    main()
