"""Rollouts in steps: shares that grow, of calls that there are."""

from collections.abc import Iterator

from schemas.model import Rollout, Service
from schemas.problems import Path, Problem
from schemas.release.rollouts import STEPPED
from schemas.spec import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Yield steps that do not grow, and rollouts in steps of what has no calls or shares them out already."""
    for name, service in spec.application.services.items():
        path = ("services", name, "rollout")
        if service.rollout.strategy in STEPPED:
            yield from _steps(spec, service.rollout, path)
            yield from _fitting(spec, service, path)


def _steps(spec: Spec, rollout: Rollout, path: Path) -> Iterator[Problem]:
    if rollout.strategy != "canary":
        return
    if not rollout.steps:
        message = "a canary without steps would get all calls at once."
        yield spec.problem((*path, "strategy"), "SW5412", message, "Say `steps: [{weight: 10, pause: 10m}, …]`.")
    before = 0
    for index, step in enumerate(rollout.steps):
        at = (*path, "steps", index, "weight")
        if step.weight <= before:
            last = spec.where((*at[:-2], index - 1, "weight"))
            message = f"{step.weight} percent is no more than the step before, {before} ({last})."
            yield spec.problem(at, "SW5411", message, "Each step gives the new version more calls.")
        elif step.weight == _ALL:
            message = "the last step is not yet everything: after it, the new version gets all calls by itself."
            yield spec.problem(at, "SW5411", message, "Leave the step out; `strategy: blueGreen` switches at once.")
        before = step.weight


_ALL = 100


def _fitting(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield what a service has that does not go with steps."""
    at, strategy = (*path, "strategy"), service.rollout.strategy
    if service.type == "stateful" or not service.exposed_ports:
        what = "a stateful service has one version" if service.type == "stateful" else "nobody calls it"
        message = f"{what}, so no calls can go over to a new one step by step."
        yield spec.problem(at, "SW5414", message, "Say `strategy: rolling`, or leave it out.")
        return
    for place in (("versions",), ("traffic", "split")):
        if spec.said((path[0], path[1], *place)) and service.name not in spec.application.stages:
            message = f"`{'.'.join(place)}` and a rollout with `strategy: {strategy}` would both share the calls out."
            yield spec.problem((path[0], path[1], *place), "SW5413", message, "Keep one of them.", at_key=True)
    if service.fixed_replicas == 1 and strategy == "canary":
        message = "the service is one pod, so its new version is as large as itself from the first step on."
        hint = "Run more pods, or say `strategy: blueGreen`."
        yield spec.problem(at, "SW5415", message, hint, warning=True)
