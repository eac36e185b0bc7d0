"""Jobs: the service they run as, and the services that wait for them."""

from collections.abc import Iterator

from schemas.problems import Problem, nearest
from schemas.spec import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Yield jobs that refer to services that are not there."""
    services = spec.application.services
    for name, job in spec.application.jobs.items():
        path = ("jobs", name)
        if job.service not in services:
            message = f"there is no service `{job.service}` in `{spec.application.environment}`."
            hint = nearest(job.service, services).strip() or "Say `deploy: false` where the service is not deployed."
            yield spec.problem((*path, "service"), "SW4701", message, hint)
        for index, waiting in enumerate(job.trigger.before or ()):
            if waiting not in services:
                message = (
                    f"there is no service `{waiting}` in `{spec.application.environment}`.{nearest(waiting, services)}"
                )
                yield spec.problem((*path, "trigger", "before", index), "SW4701", message)
        if job.trigger.cron is None and job.concurrency != "forbid":
            message = "only a scheduled job can meet its own next run."
            yield spec.problem((*path, "concurrency"), "SW4702", message, "Leave `concurrency` out.")
