"""Autoscalers: bounds that leave room, and targets that can be measured and reached."""

from collections.abc import Iterator

from schemas.model import Resources, Scaling
from schemas.problems import Path, Problem
from schemas.spec import Spec
from schemas.values.quantity import quantity


def check(spec: Spec) -> Iterator[Problem]:
    """Yield bounds that cross or meet, and targets that no pod can show."""
    for path, service in spec.running():
        scaling = service.scaling
        if scaling is None:
            continue
        if scaling.min > scaling.max:
            message = f"{scaling.min} is more than max ({scaling.max}), set on {spec.where((*path, 'scaling', 'max'))}."
            yield spec.problem((*path, "scaling", "min"), "SW4401", message)
        elif scaling.min == scaling.max:
            message = f"between min {scaling.min} and max {scaling.max} an autoscaler can do nothing."
            hint = f"Say `replicas: {scaling.min}`, or raise max."
            yield spec.problem((*path, "scaling", "max"), "SW4409", message, hint, warning=True)
        yield from _targets(spec, scaling, service.resources, path)


def _targets(spec: Spec, scaling: Scaling, resources: Resources, path: Path) -> Iterator[Problem]:
    """Yield targets in percent of a request that is not there, was not chosen, or is as much as the limit."""
    asked, most = resources.requests, resources.limits
    for field, resource, percent, request, limit in (
        ("cpuPercent", "cpu", scaling.targets.cpu_percent, asked.cpu, most.cpu),
        ("memoryPercent", "memory", scaling.targets.memory_percent, asked.memory, most.memory or asked.memory),
    ):
        if percent is None:
            continue
        at = (*path, "scaling", "targets", field)
        source = (*path, "resources", "requests", resource)
        if request is None or quantity(request) == 0:
            message = f"{percent} percent of a {resource} request that is nothing cannot be measured."
            yield spec.problem(at, "SW4410", message, f"Say `resources.requests.{resource}`.")
            continue
        if limit is not None and quantity(limit) * 100 <= quantity(request) * percent:
            message = (
                f"at the limit {limit} a pod shows at most {_percent(limit, request)} percent of its request {request}."
            )
            yield spec.problem(
                at, "SW4412", message, f"Choose a smaller target, or raise `resources.limits.{resource}`."
            )
        elif spec.origin(source).layer == "built-in default":
            message = f"the target is {percent} percent of {request}, a {resource} request that nobody has chosen."
            hint = f"Measure, and say `resources.requests.{resource}`."
            yield spec.problem(at, "SW4411", message, hint, warning=True)


def _percent(limit: str, request: str) -> int:
    return int(quantity(limit) * 100 / quantity(request))
