"""Moves of a rollout in steps: what a release says after one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from schemas.release.rollouts import weights
from schemas.values.quantity import seconds

Move = Literal["advance", "promote", "abort"]
TIME = "%Y-%m-%dT%H:%M:%SZ"


class MoveError(Exception):
    """Raised with what keeps a rollout from a move, as the end of a sentence about its service."""


@dataclass(frozen=True, slots=True)
class Underway:
    """A rollout that is under way."""

    image: str
    step: int
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """What a release says of one service."""

    image: str | None
    """The service's own image, when the release names one."""
    rollout: Underway | None

    @property
    def is_ending(self) -> bool:
        """Whether the service itself has the new image already, and its new version goes next."""
        return self.rollout is not None and self.rollout.image == self.image


def begun(service: Service, image: str, now: datetime) -> Service:
    """Return a service whose new image begins at the first step; the first image of all is simply its own."""
    if service.image is None or (service.rollout is None and service.image == image):
        return replace(service, image=image)
    if service.rollout is not None and service.rollout.image == image:
        return service
    return replace(service, rollout=Underway(image, 1, now.strftime(TIME)))


def moved(service: Service, move: Move, rollout: Mapping[str, Any], now: datetime) -> Service:
    """Return a service after a move of its rollout; `rollout` is what the spec says, in plain values.

    Raises:
        MoveError: there is no such move.

    """
    under_way = service.rollout
    if under_way is None:
        raise MoveError("has no rollout under way.")
    if move == "abort":
        if service.is_ending:
            raise MoveError("runs the new image itself already: release the old one instead.")
        return replace(service, rollout=None)
    if service.is_ending:
        return replace(service, rollout=None)
    if move == "promote" or under_way.step >= len(weights(rollout)):
        return replace(service, image=under_way.image, rollout=replace(under_way, since=now.strftime(TIME)))
    return replace(service, rollout=Underway(under_way.image, under_way.step + 1, now.strftime(TIME)))


def pause_left(service: Service, rollout: Mapping[str, Any], now: datetime) -> int:
    """Return how many seconds the step of a rollout has still to last."""
    under_way, step = service.rollout, current(service, rollout)
    if under_way is None or under_way.since is None or service.is_ending or "pause" not in step:
        return 0
    begun_at = datetime.strptime(under_way.since, TIME).replace(tzinfo=UTC)
    return max(0, seconds(step["pause"]) - int((now - begun_at).total_seconds()))


def current(service: Service, rollout: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the step that a rollout has come to, as the spec says it: `weight`, `pause`, `check`."""
    if service.rollout is None or service.is_ending:
        return {}
    shares = weights(rollout)
    index = min(service.rollout.step, len(shares)) - 1
    if rollout.get("strategy") == "blueGreen":
        kept = {"pause": rollout["keep"]} if index and "keep" in rollout else {}
        return {"weight": shares[index], **kept}
    step: Mapping[str, Any] = rollout["steps"][index]
    return step
