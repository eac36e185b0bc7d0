"""Windows of an autoscaler: that they open and close, and that something follows."""

from collections.abc import Iterator

from schemas.model import Scaling, ScalingSchedule
from schemas.plan.windows import MOST_WINDOWS
from schemas.problems import Path, Problem
from schemas.spec import Spec
from schemas.values.schedules import DAYS
from schemas.values.time_zones import near_zone, time_zones

_TOLERATED = 0.1
"""How far from its target Kubernetes' autoscaler lets a measure be."""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield windows that cannot be, and ones that change nothing."""
    for own, service in spec.running():
        scaling = service.scaling
        if scaling is None:
            continue
        path = (*own, "scaling", "schedules")
        for key, schedule in scaling.schedules.items():
            yield from _window(spec, scaling, schedule, (*path, key))
        if len(scaling.schedules) > MOST_WINDOWS:
            message = (
                f"an autoscaler can ask for {MOST_WINDOWS} windows in time, and here are {len(scaling.schedules)}."
            )
            yield spec.problem(path, "SW5825", message, "Join windows that ask for the same.", at_key=True)


def _window(spec: Spec, scaling: Scaling, schedule: ScalingSchedule, path: Path) -> Iterator[Problem]:
    if schedule.time_zone not in time_zones():
        message = f"there is no time zone `{schedule.time_zone}`.{near_zone(schedule.time_zone)}"
        hint = "The names are those of the IANA database."
        yield spec.problem((*path, "timeZone"), "SW5820", message, hint)
    if schedule.from_ == schedule.to and len(schedule.days) == len(DAYS):
        message = "a window that opens every day when it closes is never closed."
        yield spec.problem((*path, "to"), "SW5821", message, f"Say `scaling.min: {schedule.min}`.")
    least, most = scaling.min, scaling.max
    if schedule.min > most:
        set_on = spec.where((*path[:-2], "max"))
        yield spec.problem((*path, "min"), "SW5822", f"{schedule.min} is more than max ({most}), set on {set_on}.")
    elif spec.inherited((*path, "min")):
        return
    elif schedule.min <= least:
        set_on = spec.where((*path[:-2], "min"))
        message = f"there are at least {least} pods always (min, set on {set_on}), so {schedule.min} changes nothing."
        yield spec.problem((*path, "min"), "SW5823", message, "Ask for more, or leave the window out.", warning=True)
    elif schedule.min <= least * (1 + _TOLERATED) and not spec.environment.versions.has_tolerance:
        message = f"from {least} to {schedule.min} pods is within the tenth that Kubernetes 1.34 takes for no change."
        yield spec.problem((*path, "min"), "SW5824", message, "Ask for more.", warning=True)
