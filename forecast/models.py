"""Models of demand: from the weeks that were to the week that comes, quarter by quarter.

They are statsforecast's; loading it takes a second or two, so whoever imports this module waits.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from statsforecast.models import MSTL, SeasonalNaive, SeasonalWindowAverage

from schemas.plan.week import DAY, WEEK

Peaks = Sequence[float]


class Model(NamedTuple):
    """A way to foresee a week, and how many weeks it must have seen."""

    least_weeks: int
    make: Callable[[int], Any]
    """From a number of whole weeks to a model of statsforecast."""


MODELS: dict[str, Model] = {
    "last week": Model(1, lambda _: SeasonalNaive(WEEK)),
    "average day": Model(1, lambda weeks: SeasonalWindowAverage(DAY, 7 * min(weeks, 2))),
    "average week": Model(2, lambda weeks: SeasonalWindowAverage(WEEK, min(weeks, 6))),
    # Between every twentieth point its smooth parts are lines: a ninth of the time, and the same within a thousandth.
    "MSTL": Model(2, lambda _: MSTL([DAY, WEEK], stl_kwargs={"trend_jump": 20, "low_pass_jump": 20})),
}
"""By the name that a plan calls them. The first is the baseline.

Source: https://nixtlaverse.nixtla.io/statsforecast/src/core/models.html
"""

COMBINED = "combined"
"""The mean of all models that can do with the past; the errors of one are not those of another."""

SMOOTHINGS = (0, 4)
"""Over how many neighbours on each side a week is averaged: what one day did a quarter early, another does late."""


def foreseen(name: str, smoothing: int, past: Peaks, single: Callable[[str], Any] | None = None) -> list[float]:
    """Return the peaks of the week after the past ones, by a model and smoothed.

    `single` foresees the week by one model, for a caller who remembers what that gave before.
    """
    by = single or (lambda one: foreseen_by(one, past))
    names = usable(len(past) // WEEK) if name == COMBINED else [name]
    mean = np.mean([by(one) for one in names], axis=0)
    if smoothing:
        width = 2 * smoothing + 1
        around = np.concatenate([mean[-smoothing:], mean, mean[:smoothing]])
        mean = np.convolve(around, np.full(width, 1.0 / width), mode="valid")
    return [float(peak) for peak in np.maximum(mean, 0.0)]


def foreseen_by(name: str, past: Peaks) -> Any:
    """Return the peaks of the week after the past ones, by one model."""
    weeks = len(past) // WEEK
    whole = np.asarray(past[len(past) - weeks * WEEK :], dtype=np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return MODELS[name].make(weeks).forecast(y=whole, h=WEEK)["mean"]


def usable(weeks: int) -> list[str]:
    """Return the models that can do with so many whole weeks."""
    return [name for name, model in MODELS.items() if model.least_weeks <= weeks]
