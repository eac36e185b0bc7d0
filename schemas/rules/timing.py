"""Times that must fit each other."""

from collections.abc import Iterator

from schemas.model import Service
from schemas.problems import Path, Problem
from schemas.spec import Spec
from schemas.values.quantity import seconds


def check(spec: Spec) -> Iterator[Problem]:
    """Yield pauses longer than a pod's end, and deadlines before its start is over."""
    for name, service in spec.application.services.items():
        path = ("services", name)
        yield from _end(spec, service, path)
        yield from _start(spec, service, path)


def _end(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    drain, grace = service.shutdown.drain_seconds, service.shutdown.grace_seconds
    # Nobody calls a service without ports, so it stops at once.
    if service.ports and drain >= grace:
        message = f"drainSeconds {drain} leaves the container no time of graceSeconds {grace} to stop."
        key = "drainSeconds" if spec.said((*path, "shutdown", "drainSeconds")) else "graceSeconds"
        yield spec.problem((*path, "shutdown", key), "SW4601", message, "Make graceSeconds larger.")


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
