"""Replicas, autoscalers and what may be away."""

from collections.abc import Iterator

from schemas.model import Service
from schemas.problems import Path, Problem
from schemas.spec import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Yield bounds that cross, and disruption settings that block every drain or allow an outage."""
    for name, service in spec.application.services.items():
        path = ("services", name)
        if service.scaling is not None and service.scaling.min > service.scaling.max:
            other = spec.origin((*path, "scaling", "max"))
            message = f"{service.scaling.min} is more than max ({service.scaling.max}), set on line {other.line}."
            yield spec.problem((*path, "scaling", "min"), "SW4401", message)
        yield from _disruption(spec, service, path)
        yield from _rollout(spec, service, path)


def _disruption(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    least = service.disruption.min_available
    fewest = service.fewest_replicas
    if least is not None:
        wanted = _count(least, fewest)
        if wanted >= fewest > 0:
            message = f"with {fewest} pods, minAvailable {least} never lets a node be drained."
            yield spec.problem((*path, "disruption", "minAvailable"), "SW4402", message, "Use `maxUnavailable: 1`.")
    most = service.disruption.max_unavailable
    if most is not None and _count(most, fewest) == 0 and fewest > 0:
        message = f"with {fewest} pods, maxUnavailable {most} never lets a node be drained."
        yield spec.problem((*path, "disruption", "maxUnavailable"), "SW4402", message, "Use 1.")


def _rollout(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    rollout = service.rollout
    surge = 1 if rollout.max_surge is None else _count(rollout.max_surge, 100)
    away = 0 if rollout.max_unavailable is None else _count(rollout.max_unavailable, 100)
    if rollout.strategy == "rolling" and surge == 0 and away == 0:
        message = "with maxSurge 0 and maxUnavailable 0 no pod can ever be replaced."
        yield spec.problem((*path, "rollout"), "SW4403", message)
    if rollout.strategy == "recreate" and (rollout.max_surge is not None or rollout.max_unavailable is not None):
        message = "`recreate` stops all pods first, so maxSurge and maxUnavailable mean nothing."
        yield spec.problem((*path, "rollout", "strategy"), "SW4404", message)
    if service.type == "stateful" and rollout.max_surge is not None:
        message = "a stateful service replaces its pods one by one, so maxSurge means nothing."
        yield spec.problem((*path, "rollout", "maxSurge"), "SW4404", message)


def _count(value: int | str, of: int) -> int:
    """Return a number, or a percentage of a number rounded down."""
    return value if isinstance(value, int) else of * int(value.rstrip("%")) // 100
