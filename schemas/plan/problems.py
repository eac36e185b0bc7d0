"""What is wrong with a plan: by itself, and for the service that names it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path as FilePath

from schemas.plan.model import Plan, plan_of
from schemas.problems import Problem
from schemas.project import read_file
from schemas.text.document import Node, at, descend
from schemas.values.time_zones import near_zone, time_zones

LONGEST = timedelta(days=92)
"""A plan lives this long at most: what a week looks like changes with the seasons."""
SOON = timedelta(days=3)
"""So long before its end a plan is called old: time to make the next one and have it reviewed."""


def read_plan(file: FilePath, problems: list[Problem], today: date) -> tuple[Node, Plan] | None:
    """Return a plan with its tree, or nothing when it is none; what is wrong with it by itself goes to `problems`."""
    found: list[Problem] = []
    tree = read_file(file, "plan", found)
    if tree is not None:
        told = {one.origin for one in found}
        found += [one for one in own_problems(tree, today) if one.origin not in told]
    problems.extend(found)
    if tree is None or any(one.severity == "error" for one in found):
        return None
    return tree, plan_of(tree)


def plan_problems(
    tree: Node, plan: Plan, *, application: str, service: str, environment: str, most: int, named_at: str
) -> Iterator[Problem]:
    """Yield why a plan is not one for the service in the environment that names it at some file's line.

    `plan` is that of the tree, or a version's share of it, and `most` is the autoscaler's `max`.
    """
    theirs = {"application": application, "service": service, "environment": environment}
    for field, name in theirs.items():
        node = at(tree, "metadata", field)
        if node.value != name:
            message = f"this plan belongs to the {field} `{node.value}`, and is named for `{name}` ({named_at})."
            hint = "Name there the plan of its own, or make one with `stackwright forecast`."
            yield Problem(origin=node.origin, code="SW9202", message=message, hint=hint)
    highest = max(plan.floor)
    if highest > most:
        node = _highest(tree)
        planned = f"{node.value} replicas are planned here"
        share = "" if node.value == highest else f", {highest} of them for this version"
        message = f"{planned}{share}, and `scaling.max` is {most}: so many are there, and no more."
        yield Problem(
            origin=node.origin, code="SW9203", message=message, severity="warning", hint="Raise `scaling.max`."
        )


def own_problems(tree: Node, today: date) -> Iterator[Problem]:
    """Yield what is wrong with the days and the time zone of a plan, whoever names it; what is missing is no matter."""
    places = (("generated",), ("expires",), ("model", "chosen"))
    days = {place[-1]: node for place in places if (node := descend(tree, ("spec", *place))) is not None}
    dates: dict[str, date] = {}
    for field, node in days.items():
        try:
            dates[field] = date.fromisoformat(str(node.value))
        except ValueError:
            message = f"`{node.value}` is no day of the calendar."
            yield Problem(origin=node.origin, code="SW9204", message=message)
    zone = descend(tree, ("spec", "timeZone"))
    if zone is not None and str(zone.value) not in time_zones():
        message = f"there is no time zone `{zone.value}`.{near_zone(str(zone.value))}"
        yield Problem(
            origin=zone.origin, code="SW9205", message=message, hint="The names are those of the IANA database."
        )
    if {"generated", "expires"} <= set(dates):
        yield from _age(days["expires"], dates["generated"], dates["expires"], today)


def _age(node: Node, generated: date, expires: date, today: date) -> Iterator[Problem]:
    again = "Make a new one with `stackwright forecast`."
    if expires <= generated:
        message = f"the plan ends on {expires}, and was made on {generated}."
        yield Problem(origin=node.origin, code="SW9206", message=message, hint="It must end later.")
    elif expires - generated > LONGEST:
        message = (
            f"the plan lives for {(expires - generated).days} days; a week's habits hold for {LONGEST.days} at most."
        )
        yield Problem(origin=node.origin, code="SW9208", message=message, hint=f"Say {generated + LONGEST}, or sooner.")
    elif expires <= today:
        yield Problem(origin=node.origin, code="SW9201", message=f"the plan expired on {expires}.", hint=again)
    elif expires <= today + SOON:
        message = f"the plan expires on {expires}."
        yield Problem(origin=node.origin, code="SW9207", message=message, severity="warning", hint=again)


def _highest(tree: Node) -> Node:
    """Return the first of the highest counts of a plan."""
    days = at(tree, "spec", "floor").entries.values()
    return max((node for day in days for node in day.entries.values()), key=lambda node: int(str(node.value)))
