"""Jobs: the service they run as, and the services that wait for them."""

from collections.abc import Iterator

from schemas.problems import Problem
from schemas.spec import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Yield jobs that refer to services that are not there."""
    services = spec.application.services
    for name, job in spec.application.jobs.items():
        path = ("jobs", name)
        if job.service not in services:
            yield spec.problem((*path, "service"), "SW4701", spec.absence(job.service))
        for index, waiting in enumerate(job.trigger.before or ()):
            if waiting not in services:
                yield spec.problem((*path, "trigger", "before", index), "SW4701", spec.absence(waiting))
        if job.trigger.cron is None and job.concurrency != "forbid":
            message = "only a scheduled job can meet its own next run."
            yield spec.problem((*path, "concurrency"), "SW4702", message, "Leave `concurrency` out.")
