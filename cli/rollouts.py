"""Rollouts in steps on the command line: moving them on, and what must hold before."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import typer

from schemas.release.moves import Move, MoveError, Service, Underway, begun, current, moved, pause_left
from schemas.text.document import Node, descend, plain

_SECONDS = 10
"""How long Prometheus may take to answer."""

Rollouts = Mapping[str, Mapping[str, Any]]
"""By service whose rollout goes in steps: what the spec says of it."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Who is asked before a next step."""

    prometheus: str | None
    """The address of the Prometheus that says whether a check holds. Without it: a person."""


def services(release: Node | None) -> dict[str, Service]:
    """Return what a release says of each service that it names."""
    spec = descend(release, ("spec",)) if release is not None else None
    if spec is None:
        return {}
    said: dict[str, Any] = plain(spec)
    entries = {name: Underway(**entry) for name, entry in said.get("rollouts", {}).items()}
    images: dict[str, str] = said["images"]
    return {name: Service(images.get(name), entries.get(name)) for name in {*images, *entries}}


def started(there: Mapping[str, Service], images: Mapping[str, str], rollouts: Rollouts) -> dict[str, Service]:
    """Return the services that get another image, those whose rollouts go in steps at the first of them."""
    now = datetime.now(UTC)
    nothing = Service(None, None)
    return {
        name: begun(there.get(name, nothing), image, now) if name in rollouts else Service(image, None)
        for name, image in images.items()
    }


def led(there: Mapping[str, Service], moves: Mapping[str, Move], rollouts: Rollouts) -> dict[str, Service]:
    """Return the services after their moves.

    Raises:
        typer.BadParameter: one of them cannot be made.

    """
    now = datetime.now(UTC)
    found = {}
    for name, move in moves.items():
        try:
            found[name] = moved(there.get(name, Service(None, None)), move, rollouts.get(name, {}), now)
        except MoveError as error:
            raise typer.BadParameter(f"`{name}` {error}", param_hint=f"--{move}") from None
    return found


def hindrances(
    there: Mapping[str, Service], advancing: list[str], rollouts: Rollouts, conditions: Conditions
) -> list[str]:
    """Return what keeps rollouts from their next steps: a pause that is not over, a check that does not hold."""
    now = datetime.now(UTC)
    found = []
    for name in advancing:
        service = there.get(name)
        if service is None or name not in rollouts:
            continue
        if left := pause_left(service, rollouts[name], now):
            found.append(f"{name}: step {service.rollout.step if service.rollout else 0} has {left}s to last yet.")
        query = current(service, rollouts[name]).get("check")
        if query is not None and conditions.prometheus is None:
            found.append(f"{name}: this must hold: {query}")
        elif query is not None and conditions.prometheus is not None and not _holds(conditions.prometheus, query):
            found.append(f"{name}: this does not hold: {query}")
    return found


def _holds(prometheus: str, query: str) -> bool:
    """Return whether Prometheus has an answer to a comparison.

    Raises:
        typer.BadParameter: it gives none, or refuses the question.

    """
    address = f"{prometheus.rstrip('/')}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    if not address.startswith(("http://", "https://")):
        raise typer.BadParameter("an address begins with http:// or https://.", param_hint="--prometheus")
    try:
        with urllib.request.urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310 - the scheme was looked at
            told = json.load(answer)
    except urllib.error.HTTPError as error:
        raise typer.BadParameter(f"Prometheus refuses the check: {error.reason}.", param_hint="--prometheus") from None
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"Prometheus does not answer: {error}.", param_hint="--prometheus") from None
    return bool(told.get("data", {}).get("result"))
