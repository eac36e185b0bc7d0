"""Rollouts in steps: what a release that has come to some step makes of a spec.

The state of a rollout is the release file alone, so a preview needs to ask nobody. While a rollout is under way:

- `next` is a version of the service, with the image that takes over, and has the calls of its step.
- `main` keeps all its pods, though it has fewer calls: whoever aborts waits for nobody.
- `next` has at least the pods for the calls of the step to come, so that they are there before the calls are.

At the end the service itself gets the new image, while `next` still has its calls; then `next` goes.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.layers.merge import overlay
from schemas.layers.versions import with_version
from schemas.shape.grammar import grammar
from schemas.text.document import Node, descend, grafted, plain

NEXT = "next"
"""The version that takes over."""

STEPPED = ("canary", "blueGreen")
"""Strategies whose rollouts go in steps."""

_BLUE_GREEN = (0, 100)
_FEWEST = 2
"""Pods that a service of several keeps, whatever its share."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How far the rollout of a service has come."""

    service: str
    image: str
    step: int
    """Counted from 1."""
    weights: tuple[int, ...]
    """Of all steps."""
    origin: Node
    """The release's entry."""

    @property
    def weight(self) -> int:
        """How many of a hundred calls the new version has."""
        return self.weights[min(self.step, len(self.weights)) - 1]

    @property
    def weight_to_come(self) -> int:
        """How many it has after the next step."""
        return self.weights[min(self.step, len(self.weights) - 1)]


def weights(rollout: Mapping[str, object]) -> tuple[int, ...]:
    """Return the shares of a rollout's steps, or none when it has no steps; `rollout` is a spec's, in plain values."""
    if rollout.get("strategy") == "blueGreen":
        return _BLUE_GREEN
    steps = rollout.get("steps")
    return (
        tuple(step["weight"] for step in steps)
        if rollout.get("strategy") == "canary" and isinstance(steps, list)
        else ()
    )


def stages(spec: Node, release: Node | None) -> Iterator[Stage]:
    """Yield the rollouts that are under way, of services that a merged spec has and lets go in steps."""
    entries = descend(release, ("spec", "rollouts")) if release is not None else None
    for name, entry in entries.entries.items() if entries is not None else ():
        rollout = descend(spec, ("services", name, "rollout"))
        shares = weights(plain(rollout)) if rollout is not None else ()
        if shares:
            said = plain(entry)
            yield Stage(name, said["image"], said["step"], shares, entry)


def under_way(spec: Node, release: Node | None) -> Node:
    """Return a merged spec with the versions that are taking over."""
    for stage in stages(spec, release):
        services = spec.entries["services"]
        changed = services.with_entries(
            {**services.entries, stage.service: _stepped(services.entries[stage.service], stage)}
        )
        spec = spec.with_entries({**spec.entries, "services": changed})
    return spec


def sentences(spec: Node, release: Node | None) -> dict[str, str]:
    """Return by service how far its rollout has come."""
    return {stage.service: _sentence(spec, stage) for stage in stages(spec, release)}


def _stepped(service: Node, stage: Stage) -> Node:
    at = stage.origin.origin
    own = grafted(_pods(service, stage), at).under(stage.origin.key)
    service = with_version(service, NEXT, own)
    kept = (
        {"scaling": {"behavior": {"scaleDown": {"selectPolicy": "Disabled"}}}} if "scaling" in service.entries else {}
    )
    split = {"traffic": {"split": {"main": 100 - stage.weight, NEXT: stage.weight}}}
    return overlay(service, grafted({**kept, **split}, at), grammar("application", "Service"))


def _pods(service: Node, stage: Stage) -> dict[str, object]:
    """Return the pods of the new version: its share of as many as there may be, or of as many as there are."""
    scaling, fixed = service.entries.get("scaling"), service.entries.get("replicas")
    full = stage.weights == _BLUE_GREEN
    if scaling is not None:
        bounds = plain(scaling)
        most = bounds["max"]
        least = most if full else max(math.ceil(most * stage.weight_to_come / 100), min(_FEWEST, bounds["min"]))
        return {"scaling": {"min": least}}
    pods = int(str(fixed.value)) if fixed is not None else _FEWEST
    share = pods if full else max(math.ceil(pods * stage.weight / 100), min(_FEWEST, pods))
    return {"replicas": share}


def _sentence(spec: Node, stage: Stage) -> str:
    rollout = plain(spec.entries["services"].entries[stage.service].entries["rollout"])
    text = f"step {stage.step} of {len(stage.weights)}: {stage.weight} percent"
    since = stage.origin.entries.get("since")
    text += f" since {since.value}" if since is not None else ""
    if stage.weights == _BLUE_GREEN:
        return text + (f", kept for {rollout['keep']}" if "keep" in rollout else "")
    step = rollout["steps"][min(stage.step, len(stage.weights)) - 1]
    text += f", for {step['pause']}" if "pause" in step else ""
    return text + (f", until {step['check']}" if "check" in step else "")
