"""Choosing a model and a margin by what their plans would have cost, and refusing when none is worth it."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from forecast import refusal
from forecast.backtest import Bench, Choice, at_equal_cost
from forecast.models import COMBINED, SMOOTHINGS, usable
from schemas.plan.week import WEEK
from simulator.replay.workload import Outcome, Tally, tally

MARGINS = tuple(round(0.6 + 0.02 * number, 2) for number in range(96))
"""What a foreseen peak is multiplied by: from 0.6 to 2.5."""
LEAST_SKILL = 0.2
"""A plan must spare this share of the requests that the autoscaler alone leaves without room at the same pod-hours."""
SAME_COST = 0.03
"""Plans whose pod-hours differ by less cost the same, as far as a few weeks can tell."""
COVERAGE = 80.0
"""In which share of the quarters of an hour a plan's replicas have room for all that comes: a floor and no ornament."""
LEAST_COVERAGE = 60.0
"""In the latest week they must have had it as often as this, or that week was unlike the past."""


Watch = Callable[[Sequence[Choice]], Iterator[Choice]]
"""Is handed what is tried and hands it on, one by one: so it may show how far it is."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A model with the margin that suits it best, and what came of it in each week."""

    choice: Choice
    margin: float
    outcomes: Sequence[Outcome]

    @property
    def worst_percent(self) -> float:
        """The share of requests without room in the worst week."""
        return max(one.overloaded_percent for one in self.outcomes)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a backtest found: the best of every model, the best of all, and the autoscaler alone beside it."""

    weeks: int
    trials: Sequence[Trial]
    chosen: Trial
    reactive: Tally
    equal_target: float
    equal: Tally
    coverage: Sequence[float]
    """Percent, a week each; the latest is the last."""

    @property
    def skill(self) -> float:
        """The share of requests that the plan spares of those that a lower target of equal cost leaves without room."""
        spared = self.equal.overloaded - tally(self.chosen.outcomes).overloaded
        return spared / self.equal.overloaded if self.equal.overloaded else 0.0


def candidates(bench: Bench) -> list[Choice]:
    """Return what can be tried on every week, so that all are judged by the same."""
    weeks = len(bench.folds[0].past.peaks) // WEEK
    return [Choice(model, smoothing) for model in (*usable(weeks), COMBINED) for smoothing in SMOOTHINGS]


def chosen(bench: Bench, name: str, watch: Watch = iter) -> Verdict:
    """Return the verdict of a backtest.

    Raises:
        NoPlanError: no plan is worth it.

    """
    wish = bench.wish
    worst = max(one.overloaded_percent for one in bench.alone(wish.target_percent))
    if worst <= 100.0 - wish.objective_percent:
        raise refusal.no_need(name, worst, wish.objective_percent)
    best, trials = tried(bench, watch)
    return judged(bench, best, trials, name)


def tried(bench: Bench, watch: Watch = iter) -> tuple[Trial, list[Trial]]:
    """Return the best of all that can be tried, worth it or not, and all.

    The cheapest plan wins that meets the objective in every week within the budget; when none does, the one that
    leaves the fewest requests without room in its worst week.
    """
    wish = bench.wish
    allowed = 100.0 - wish.objective_percent
    budget = tally(bench.alone(wish.target_percent)).pod_hours * (1 + wish.budget_percent / 100.0)
    trials = [_best(bench, choice, allowed, budget) for choice in watch(candidates(bench))]
    met = [trial for trial in trials if trial.worst_percent <= allowed]
    return _cheapest(met) if met else min(trials, key=lambda trial: trial.worst_percent), trials


def judged(bench: Bench, best: Trial, trials: Sequence[Trial], name: str) -> Verdict:
    """Return the verdict on a plan that was chosen, by this backtest or by an earlier one.

    Raises:
        NoPlanError: it is not worth it.

    """
    spent = tally(best.outcomes)
    target, equal = at_equal_cost(bench, spent.pod_hours)
    coverage = [bench.coverage(best.choice, best.margin, number) for number in range(len(bench.folds))]
    reactive = tally(bench.alone(bench.wish.target_percent))
    verdict = Verdict(len(bench.folds), trials, best, reactive, target, tally(equal), coverage)
    if verdict.skill < LEAST_SKILL:
        if bench.unserved > spent.overloaded / 2:
            raise refusal.max_too_low(name, bench.wish, bench.peak, spent.overloaded_percent)
        raise refusal.no_skill(name, spent.overloaded_percent, verdict.equal.overloaded_percent, target)
    if coverage[-1] < LEAST_COVERAGE:
        raise refusal.not_covered(name, coverage[-1], LEAST_COVERAGE)
    return verdict


def _cheapest(trials: Sequence[Trial]) -> Trial:
    """Return the best of the trials that cost no more than the cheapest does: made of all models, few without room.

    With a few weeks to judge by, which single model comes out first is chance; a combination seldom errs as far.
    Source: https://doi.org/10.1016/j.ijforecast.2019.04.014
    """
    most = min(map(_pod_hours, trials)) * (1 + SAME_COST)
    cheap = [trial for trial in trials if _pod_hours(trial) <= most]
    combined = [trial for trial in cheap if trial.choice.model == COMBINED]
    return min(combined or cheap, key=lambda trial: tally(trial.outcomes).overloaded)


def _best(bench: Bench, choice: Choice, allowed: float, budget: float) -> Trial:
    """Return a model with the least margin that meets the objective, else with the greatest that the budget allows."""

    def meets(margin: float) -> bool:
        covered = [bench.coverage(choice, margin, number) for number in range(len(bench.folds))]
        if sum(covered) < COVERAGE * len(covered):
            return False
        return max(one.overloaded_percent for one in bench.planned(choice, margin)) <= allowed

    def is_too_dear(margin: float) -> bool:
        return tally(bench.planned(choice, margin)).pod_hours > budget

    # What holds for a margin holds for all greater ones.
    place = bisect_left(MARGINS, True, key=meets)
    if place == len(MARGINS) or is_too_dear(MARGINS[place]):
        place = max(0, bisect_left(MARGINS, True, key=is_too_dear) - 1)
    return Trial(choice, MARGINS[place], bench.planned(choice, MARGINS[place]))


def _pod_hours(trial: Trial) -> float:
    return tally(trial.outcomes).pod_hours
