"""Times and sizes that must fit each other."""

from collections.abc import Iterator

from schemas.model import Resources, Service
from schemas.problems import Path, Problem
from schemas.quantity import quantity, seconds
from schemas.spec import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Yield pauses longer than a pod's end, deadlines before its start is over, and limits below requests."""
    for name, service in spec.application.services.items():
        path = ("services", name)
        yield from _end(spec, service, path)
        yield from _start(spec, service, path)
        yield from _limits(spec, service.resources, (*path, "resources"))
        for kind, containers in (("initContainers", service.init_containers), ("sidecars", service.sidecars)):
            for key, container in containers.items():
                yield from _limits(spec, container.resources, (*path, kind, key, "resources"))


def _end(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    drain, grace = service.shutdown.drain_seconds, service.shutdown.grace_seconds
    if drain >= grace:
        message = f"drainSeconds {drain} leaves the container no time of graceSeconds {grace} to stop."
        yield spec.problem((*path, "shutdown", "drainSeconds"), "SW4601", message, "Make graceSeconds larger.")


def _start(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    deadline = service.rollout.progress_deadline
    startup = service.probes.startup if service.probes else None
    if deadline is None:
        return
    least = (startup.patience_seconds if startup else 0) + service.rollout.min_ready_seconds
    if seconds(deadline) <= least:
        message = f"{deadline} is over before the startup probe and minReadySeconds ({least}s) are."
        yield spec.problem(
            (*path, "rollout", "progressDeadline"), "SW4602", message, "Leave it out, or make it longer."
        )


def _limits(spec: Spec, resources: Resources, path: Path) -> Iterator[Problem]:
    asked, most = resources.requests, resources.limits
    for key, request, limit in (
        ("cpu", asked.cpu, most.cpu),
        ("memory", asked.memory, most.memory),
        ("ephemeral-storage", asked.ephemeral_storage, most.ephemeral_storage),
    ):
        if request and limit and quantity(request) > quantity(limit):
            other = spec.origin((*path, "limits", key))
            line = f", set on line {other.line}" if other.line else f" ({other.layer})"
            message = f"the request {request} is more than the limit {limit}{line}."
            yield spec.problem((*path, "requests", key), "SW4603", message)
