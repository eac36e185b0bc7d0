"""How many pods may be away: while nodes are drained, and while a new version takes over."""

import math
from collections.abc import Iterator

from schemas.model import Service
from schemas.problems import Path, Problem
from schemas.spec import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Yield budgets and rollouts that can never move, that allow an outage, or that mean nothing."""
    for name, service in spec.application.services.items():
        path = ("services", name)
        yield from _percentages(spec, service, path)
        yield from _meaningless(spec, service, path)
    for own, service in spec.running():
        shared = own[:2]
        yield from _budget(spec, service, (*shared, "disruption"), own)
        yield from _rollout(spec, service, (*shared, "rollout"))


def _budget(spec: Spec, service: Service, path: Path, own: Path) -> Iterator[Problem]:
    """Yield budgets of a service that do not fit the pods of one of its versions, whose path is `own`."""
    least, most = service.disruption.min_available, service.disruption.max_unavailable
    pods = service.fewest_replicas
    said = least if least is not None else most
    key = "minAvailable" if least is not None else "maxUnavailable"
    if said is None:
        return
    at = (*path, key)
    if pods < 2:
        # Another layer's budget is for more pods than this environment has: it is no mistake there.
        if pods == 1 and spec.origin(at).layer == spec.origin(_source_of_pods(service, own)).layer:
            message = "with 1 pod no budget is written: it would keep its node from being drained for ever."
            yield spec.problem(at, "SW4405", message, "Run 2 pods or more, or leave it out.", warning=True)
        return
    away = pods - _rounded_up(least, pods) if least is not None else _rounded_up(said, pods)
    if away <= 0:
        hint = "Use `maxUnavailable: 1`."
        yield spec.problem(at, "SW4402", f"with {pods} pods, {key} {said} never lets a node be drained.", hint)
    elif away >= pods:
        message = f"with {pods} pods, {key} {said} lets a drain take all of them at once."
        yield spec.problem(at, "SW4406", message, "Use `maxUnavailable: 1`.", warning=True)


def _source_of_pods(service: Service, path: Path) -> Path:
    """Return the path of what says how many pods there are."""
    return (*path, "scaling", "min") if service.scaling else (*path, "replicas")


def _rollout(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    rollout = service.rollout
    if rollout.strategy == "recreate" or service.type == "stateful":
        return
    surge = 1 if rollout.max_surge is None else rollout.max_surge
    away = 0 if rollout.max_unavailable is None else rollout.max_unavailable
    if surge in (0, "0%") and away in (0, "0%"):
        message = "with maxSurge 0 and maxUnavailable 0 no pod can ever be replaced."
        yield spec.problem(path, "SW4403", message, "Let one of them be 1.")
        return
    pods = service.fewest_replicas
    gone = _rounded_down(away, pods)
    if pods > 1 and gone >= pods:
        if _more_than_all(away):
            return
        message = f"with {pods} pods, maxUnavailable {away} lets a rollout take all of them at once."
        hint = "Use a smaller number; `strategy: recreate` says it when it is meant."
        yield spec.problem((*path, "maxUnavailable"), "SW4407", message, hint, warning=True)
        return
    least, most = service.disruption.min_available, service.disruption.max_unavailable
    allowed = pods - _rounded_up(least, pods) if least is not None else _rounded_up(1 if most is None else most, pods)
    if pods > 1 and gone > allowed > 0 and service.ports:
        message = f"a rollout takes {gone} of {pods} pods at once, and the disruption budget allows {allowed}."
        hint = "Until the rollout is over no node can be drained; use the same number for both."
        yield spec.problem((*path, "maxUnavailable"), "SW4413", message, hint, warning=True)


def _percentages(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    for place, value in (
        (("rollout", "maxUnavailable"), service.rollout.max_unavailable),
        (("disruption", "maxUnavailable"), service.disruption.max_unavailable),
        (("disruption", "minAvailable"), service.disruption.min_available),
    ):
        if _more_than_all(value):
            message = f"{value} of the pods is more than all of them."
            yield spec.problem((*path, *place), "SW4408", message, "Use at most 100%.")


def _meaningless(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield settings that change nothing beside others, unless a platform gives them to every service."""
    rollout = service.rollout
    if service.type == "stateful":
        for key in ("strategy", "maxSurge", "maxUnavailable"):
            at = (*path, "rollout", key)
            if spec.said(at):
                message = f"a stateful service replaces its pods one by one, so {key} means nothing."
                yield spec.problem(at, "SW4404", message, "Leave it out.")
    elif rollout.strategy == "recreate":
        for key in ("maxSurge", "maxUnavailable"):
            at = (*path, "rollout", key)
            if spec.said(at):
                message = f"`recreate` stops all pods first, so {key} means nothing."
                yield spec.problem(at, "SW4404", message, "Leave it out, or say `strategy: rolling`.")
    for key, strategy in (("steps", "canary"), ("keep", "blueGreen")):
        at = (*path, "rollout", key)
        if rollout.strategy != strategy and spec.said(at):
            message = f"only a rollout with `strategy: {strategy}` has `{key}`, and this is `{rollout.strategy}`."
            yield spec.problem(at, "SW4404", message, f"Leave it out, or say `strategy: {strategy}`.", at_key=True)
    at = (*path, "shutdown", "drainSeconds")
    if not service.ports and service.shutdown.drain_seconds and spec.said(at):
        message = "nobody calls a service without ports, so there is no pause before it ends."
        yield spec.problem(at, "SW4404", message, "Leave drainSeconds out; graceSeconds is the time it has to end.")


def _more_than_all(value: int | str | None) -> bool:
    """Return whether a value is a percentage above 100, which is told by itself."""
    return isinstance(value, str) and int(value.rstrip("%")) > 100


def _rounded_up(value: int | str, of: int) -> int:
    """Return a number of pods; a budget's percentage is rounded up.

    Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages
    """
    return value if isinstance(value, int) else math.ceil(of * int(value.rstrip("%")) / 100)


def _rounded_down(value: int | str, of: int) -> int:
    """Return a number of pods; a rollout's absence is rounded down."""
    return value if isinstance(value, int) else of * int(value.rstrip("%")) // 100
