"""What is wrong with a plan: by itself, and for the service that names it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path as FilePath
from zoneinfo import ZoneInfo

from schemas.plan.model import Plan, plan_of
from schemas.problems import Problem
from schemas.project import read_file
from schemas.text.document import Node, at

SOON = timedelta(days=3)
"""So long before its end a plan is called old: time to make the next one and have it reviewed."""


def read_plan(file: FilePath, problems: list[Problem], today: date) -> tuple[Node, Plan] | None:
    """Return a plan with its tree, or nothing when it is none; what is wrong with it by itself goes to `problems`."""
    found: list[Problem] = []
    tree = read_file(file, "plan", found)
    if tree is not None and not found:
        found = list(own_problems(tree, today))
    problems.extend(found)
    if tree is None or any(one.severity == "error" for one in found):
        return None
    return tree, plan_of(tree)


def plan_problems(
    tree: Node, plan: Plan, *, application: str, service: str, environment: str, most: int
) -> Iterator[Problem]:
    """Yield why a plan is not one for a service in an environment, where the autoscaler's `max` is `most`."""
    theirs = {"application": application, "service": service, "environment": environment}
    for field, name in theirs.items():
        node = at(tree, "metadata", field)
        if node.value != name:
            message = f"this plan belongs to the {field} `{node.value}`, and is named for `{name}`."
            hint = "Name the plan of its own, or make one with `stackwright forecast`."
            yield Problem(origin=node.origin, code="SW9202", message=message, hint=hint)
    highest = max(plan.floor)
    if highest > most:
        node = next(_hours_with(tree, highest))
        message = f"{highest} replicas are planned here, and `scaling.max` is {most}: so many are there, and no more."
        yield Problem(
            origin=node.origin, code="SW9203", message=message, severity="warning", hint="Raise `scaling.max`."
        )


def own_problems(tree: Node, today: date) -> Iterator[Problem]:
    """Yield what is wrong with a plan of the right shape, whoever names it."""
    days = {field: at(tree, "spec", field) for field in ("generated", "expires")}
    days["chosen"] = at(tree, "spec", "model", "chosen")
    dates: dict[str, date] = {}
    for field, node in days.items():
        try:
            dates[field] = date.fromisoformat(str(node.value))
        except ValueError:
            message = f"`{node.value}` is no day of the calendar."
            yield Problem(origin=node.origin, code="SW9204", message=message)
    zone = at(tree, "spec", "timeZone")
    try:
        ZoneInfo(str(zone.value))
    except (ValueError, OSError, KeyError):
        message = f"there is no time zone `{zone.value}`."
        hint = "Use a name such as `Europe/Berlin`."
        yield Problem(origin=zone.origin, code="SW9205", message=message, hint=hint)
    if len(dates) == len(days):
        yield from _age(days["expires"], dates["generated"], dates["expires"], today)


def _age(node: Node, generated: date, expires: date, today: date) -> Iterator[Problem]:
    again = "Make a new one with `stackwright forecast`."
    if expires <= generated:
        message = f"the plan ends on {expires}, and was made on {generated}."
        yield Problem(origin=node.origin, code="SW9206", message=message, hint="It must end later.")
    elif expires <= today:
        yield Problem(origin=node.origin, code="SW9201", message=f"the plan expired on {expires}.", hint=again)
    elif expires - SOON <= today:
        message = f"the plan expires on {expires}."
        yield Problem(origin=node.origin, code="SW9207", message=message, severity="warning", hint=again)


def _hours_with(tree: Node, count: int) -> Iterator[Node]:
    floor = at(tree, "spec", "floor")
    for day in floor.entries.values():
        yield from (node for node in day.entries.values() if node.value == count)
