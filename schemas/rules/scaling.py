"""Autoscalers: bounds that leave room, and targets that can be measured and reached."""

from collections.abc import Iterator

from schemas.model import Resources, Scaling, Service
from schemas.plan.model import Plan
from schemas.plan.windows import is_series
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
        elif scaling.min == scaling.max and spec.origin((*path, "scaling", "min")).layer != "release":
            # A rollout may well give its new version all the pods that there may be.
            message = f"between min {scaling.min} and max {scaling.max} an autoscaler can do nothing."
            hint = f"Say `replicas: {scaling.min}`, or raise max."
            yield spec.problem((*path, "scaling", "max"), "SW4409", message, hint, warning=True)
        yield from _targets(spec, scaling, service.resources, path)
        yield from _waking(spec, service, scaling, (*path, "scaling"))
        yield from _fallback(
            spec, scaling, spec.application.plans.get(service.name), (*path, "scaling", "fallbackReplicas")
        )
        yield from _where(spec, scaling, (*path, "scaling", "targets", "metrics"))


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


def _waking(spec: Spec, service: Service, scaling: Scaling, path: Path) -> Iterator[Problem]:
    """Yield services that end with their last pod, because nothing would wake them."""
    if scaling.min > 0:
        return
    targets = scaling.targets
    by_requests = targets.requests_per_second_per_replica or targets.concurrent_requests_per_replica
    if not (by_requests or targets.metrics or scaling.schedules):
        ended = " once the plan has expired" if scaling.plan is not None else ""
        message = f"without a pod nothing uses CPU or memory, so no pod would ever come again{ended}."
        hint = "Say `min: 1`, or a target by requests or by one of the platform's metrics."
        yield spec.problem((*path, "min"), "SW5801", message, hint)
    elif service.type == "stateful":
        message = "a stateful service keeps at least one pod: its replicas start one after the other."
        yield spec.problem((*path, "min"), "SW5802", message, "Say `min: 1`.")
    elif by_requests and not targets.metrics and not _callers_count(spec):
        message = "the service counts its requests itself, and without a pod nobody does."
        hint = "Say `min: 1`; where a mesh is, its callers' proxies count."
        yield spec.problem((*path, "min"), "SW5803", message, hint)
    elif by_requests and service.version_of is not None and not targets.metrics:
        message = "callers count the requests to a service and not those to one version of it."
        yield spec.problem((*path, "min"), "SW5807", message, "Say `min: 1`.")


def _callers_count(spec: Spec) -> bool:
    mesh = spec.environment.mesh
    return mesh is not None and mesh.kind.startswith("istio-")


def _fallback(spec: Spec, scaling: Scaling, plan: Plan | None, path: Path) -> Iterator[Problem]:
    """Yield a fallback above the most pods, or from nothing that could be lost."""
    fallback = scaling.fallback_replicas
    if fallback is None:
        return
    if fallback > scaling.max:
        most = spec.where((*path[:-1], "max"))
        message = f"{fallback} is more than max ({scaling.max}), set on {most}."
        yield spec.problem(path, "SW5804", message)
    elif (
        not (scaling.needs_prometheus or is_series(plan, scaling, spec.environment))
        and spec.said(path)
        and not spec.inherited(path)
    ):
        message = "nothing here is measured by Prometheus, so there is nothing to fall back from."
        yield spec.problem(path, "SW5805", message, "Leave it out.")


def _where(spec: Spec, scaling: Scaling, path: Path) -> Iterator[Problem]:
    """Yield labels of a metric that the platform has filled in."""
    for name, target in scaling.targets.metrics.items():
        taken = spec.environment.metrics[name].labels if name in spec.environment.metrics else {}
        for label in target.where:
            if label in taken:
                message = f"the platform says that `{label}` is the {taken[label]}."
                yield spec.problem((*path, name, "where", label), "SW5806", message, "Leave it out.", at_key=True)


def _percent(limit: str, request: str) -> int:
    return int(quantity(limit) * 100 / quantity(request))
