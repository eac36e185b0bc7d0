"""Why no plan is made: each reason is a problem with a code, for saying no is part of forecasting."""

import math

from forecast.history.history import problem
from forecast.wish import Wish
from schemas.problems import SpecError


class NoPlanError(SpecError):
    """Raised when a plan would do no good; its one problem says why."""


def too_short(name: str, weeks: float) -> NoPlanError:
    """Return that a history cannot show a week twice; by the wall clock, two that have lost an hour are not two."""
    covered = f"{math.floor(100 * weeks) / 100:g} weeks"
    message = f"the history covers {covered}, and a plan needs 2: one to learn from and one to be tried on."
    return _refusal(name, "SW9102", message, "Export a longer history.")


def no_need(name: str, percent: float, objective: float) -> NoPlanError:
    """Return that the autoscaler alone is good enough."""
    message = (
        f"no benefit: the autoscaler alone leaves {percent:.3f} % of requests without room, "
        f"and {100 - objective:.3g} % may be."
    )
    return _refusal(name, "SW9105", message, "Leave `scaling` as it is, or ask for more with --objective.")


def no_floor(name: str, least: int) -> NoPlanError:
    """Return that the week to come never asks for more replicas than there are at least."""
    message = f"no benefit: in the week to come the plan would never ask for more replicas than `min`, {least}."
    return _refusal(name, "SW9105", message, "Leave `scaling` as it is, or lower `min`.")


def no_skill(name: str, percent: float, equal: float, target: float) -> NoPlanError:
    """Return that the best plan is hardly better than a lower target that costs as much."""
    message = (
        f"no skill: the best plan leaves {percent:.3f} % of requests without room, and the autoscaler alone "
        f"{equal:.3f} % at the same pod-hours, with a target of {target:.0f} %."
    )
    hint = "The past says too little of the next week. Lower the target, or raise `scaling.min`."
    return _refusal(name, "SW9103", message, hint)


def max_too_low(name: str, wish: Wish, peak: float, percent: float) -> NoPlanError:
    """Return that requests find no room because no more replicas may be."""
    serves = wish.max * wish.workload.capacity
    message = (
        f"no room: `max`, {wish.max} replicas, serves {serves:.0f} requests per second, and up to {peak:.0f} came, so "
        f"{percent:.3f} % of requests find no room, whatever is planned."
    )
    hint = "Raise `scaling.max`, or see whether the capacity and the column of counts are right."
    return _refusal(name, "SW9114", message, hint)


def not_covered(name: str, percent: float, least: float) -> NoPlanError:
    """Return that the latest week was unlike those before it."""
    message = (
        f"the latest week is unlike the past: in {percent:.0f} % of its quarters of an hour the planned replicas "
        f"had room for what came, and {least:.0f} % is the least."
    )
    return _refusal(name, "SW9104", message, "Wait until the new pattern is two weeks old.")


def _refusal(name: str, code: str, message: str, hint: str) -> NoPlanError:
    return NoPlanError([problem(name, 0, code, message, hint)])
