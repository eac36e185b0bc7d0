"""Jobs: the service they run as, when they run, and the services that wait for them."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from schemas.model import Application, Trigger
from schemas.problems import Path, Problem
from schemas.spec import Spec
from schemas.values import cron
from schemas.values.time_zones import near_zone, time_zones

UNKNOWN = "SW4701"
"""The code of a job that refers to a service that is not there."""

Step = tuple[str, str]
"""`job` or `service`, and its name."""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield jobs that refer to what is not there, that never run, or that wait for one another."""
    services = spec.application.services
    for name, job in spec.application.jobs.items():
        path = ("jobs", name)
        if job.service not in services:
            yield spec.problem((*path, "service"), UNKNOWN, spec.absence(job.service))
        for index, waiting in enumerate(job.trigger.before or ()):
            if waiting not in services:
                yield spec.problem((*path, "trigger", "before", index), UNKNOWN, spec.absence(waiting))
        if job.trigger.cron is None and job.concurrency != "forbid":
            message = "only a scheduled job can meet its own next run."
            yield spec.problem((*path, "concurrency"), "SW4702", message, "Leave `concurrency` out.")
        yield from _schedule(spec, job.trigger, (*path, "trigger"))
        if not (job.command or job.args or job.env):
            message = f"the job runs what `{job.service}` runs, which does not end."
            hint = "Say what it runs with `command` or `args`."
            yield spec.problem(path, "SW4707", message, hint, warning=True, at_key=True)
    yield from _circles(spec)


def _schedule(spec: Spec, trigger: Trigger, path: Path) -> Iterator[Problem]:
    if trigger.cron is None:
        return
    wrong = list(cron.mistakes(trigger.cron))
    for message in wrong:
        yield spec.problem((*path, "cron"), "SW4703", message)
    if not wrong and cron.never(trigger.cron):
        message = "no month that it names has such a day, so the job never runs."
        yield spec.problem((*path, "cron"), "SW4704", message)
    zone = trigger.time_zone
    if zone is not None and zone not in time_zones():
        message = f"there is no time zone `{zone}`.{near_zone(zone)}"
        yield spec.problem((*path, "timeZone"), "SW4705", message, "The names are those of the IANA database.")


def _circles(spec: Spec) -> Iterator[Problem]:
    """Yield jobs that call what starts only after them.

    Connections order no starts, but a job needs whom it calls, and `before` holds services back. Whoever has started
    once stays: only a first deployment stands still.
    """
    needs = _needs(spec.application)
    while circle := _circle(needs):
        steps = [f"{kind} `{name}`" for kind, name in circle]
        message = f"a first deployment stands still: {', which waits for '.join([*steps, steps[0]])}."
        hint = "Take the service out of `before`, or run the job as a service that does not call it."
        job = next(name for kind, name in circle if kind == "job")
        yield spec.problem(("jobs", job, "trigger", "before"), "SW4706", message, hint, warning=True, at_key=True)
        for step in circle:
            del needs[step]


def _needs(app: Application) -> dict[Step, set[Step]]:
    """Return what must have happened before each job and service: jobs need whom they call, services their jobs."""
    needs: dict[Step, set[Step]] = {}
    for name, job in app.jobs.items():
        runner = app.services.get(job.service)
        needs["job", name] = {
            ("service", connection.service or key)
            for key, connection in (runner.connections.items() if runner else ())
            if connection.host is None and connection.application is None
        }
        for service in job.trigger.before or ():
            needs.setdefault(("service", service), set()).add(("job", name))
    return needs


def _circle(needs: Mapping[Step, set[Step]]) -> list[Step]:
    """Return steps of which each waits for the next and the last for the first, or nothing when there are none."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        # Its path leads from what is needed to what needs it, and ends where it began.
        path: list[Step] = error.args[1][:0:-1]
        first = min(range(len(path)), key=lambda index: path[index])
        return path[first:] + path[:first]
    return []
