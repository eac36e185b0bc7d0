"""Exemptions: applications that may pass a limit for a while."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.problems import Problem, nearest_or_all
from schemas.text.document import Node, descend
from schemas.values.quantity import quantity

UNUSED = "SW3112"
"""The code of an exemption that nothing needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """One exemption of one application."""

    name: str
    limit: str
    """The limit's name, such as `replicas.max`."""
    value: Any
    """What holds instead; see `VALUES`."""
    until: date
    """The last day."""
    environment: str | None
    service: str | None
    reason: str
    node: Node

    def covers(self, limit: str, environment: str, service: str | None, today: date) -> bool:
        """Return whether it speaks of a limit for a service in an environment on a day."""
        return (
            self.limit == limit
            and self.until >= today
            and self.environment in (None, environment)
            and (self.service is None or self.service == service)
        )


def exemptions_of(platform: Node, application: str) -> list[Exemption]:
    """Return the exemptions of an application, in the platform's order; one whose value does not fit exempts nobody."""
    found = descend(platform, ("spec", "exemptions"))
    named = [
        _exemption(name, node)
        for name, node in (found.entries.items() if found is not None else ())
        if node.entries and node.entries["application"].value == application
    ]
    return [one for one in named if _fits(one.limit, one.value)]


def problems(platform: Node) -> Iterator[Problem]:
    """Yield exemptions that cannot mean anything: their value does not fit, or their environment is not there."""
    found = descend(platform, ("spec", "exemptions"))
    environments = descend(platform, ("spec", "environments"))
    for node in found.entries.values() if found is not None else ():
        if not node.entries:
            continue
        limit, value, environment = (node.entries.get(key) for key in ("limit", "value", "environment"))
        if limit is not None and value is not None and not _fits(str(limit.value), value.value):
            message = f"`{value.value}` must be {_VALUES[str(limit.value)]}, because it stands for {limit.value}."
            yield Problem(origin=value.origin, code="SW3113", message=message)
        known = environments.entries if environments is not None else {}
        if environment is not None and environment.value is not None and environment.value not in known:
            near = nearest_or_all(str(environment.value), known)
            message = f"the platform has no environment `{environment.value}`.{near}"
            yield Problem(origin=environment.origin, code="SW3001", message=message)


def ended(exemptions: Iterable[Exemption], today: date) -> Iterator[Problem]:
    """Yield exemptions whose last day is over."""
    for one in exemptions:
        if one.until < today:
            message = f"this exemption ended on {one.until}, so the limit {one.limit} holds again ({one.reason})."
            hint = "Remove it, or agree on another day."
            yield _warning(one, "SW3111", "until", message, hint)


def unused(exemptions: Iterable[Exemption], used: set[str], today: date) -> Iterator[Problem]:
    """Yield exemptions that nothing needs in any environment."""
    for one in exemptions:
        if one.until >= today and one.name not in used:
            message = f"nothing needs this exemption from {one.limit} ({one.reason})."
            yield _warning(one, UNUSED, "limit", message, "Remove it.")


def _warning(exemption: Exemption, code: str, key: str, message: str, hint: str) -> Problem:
    origin = exemption.node.entries[key].origin
    return Problem(origin=origin, code=code, message=message, hint=hint, severity="warning")


def _exemption(name: str, node: Node) -> Exemption:
    value = {key: child.value for key, child in node.entries.items()}
    return Exemption(
        name=name,
        limit=str(value["limit"]),
        value=value["value"],
        until=date.fromisoformat(str(value["until"])),
        environment=_optional(value.get("environment")),
        service=_optional(value.get("service")),
        reason=str(value["reason"]),
        node=node,
    )


def _optional(value: Any) -> str | None:
    return None if value is None else str(value)


_VALUES = {
    "registries.allow": "one more registry",
    "images.pinned": "`tag` or `nothing`",
    "replicas.min": "a whole number",
    "replicas.max": "a whole number",
    "requests.required": "`cpu` or `memory`",
    "requests.maxCpu": "a quantity such as `2`, in quotes, or `500m`",
    "requests.maxMemory": "a quantity such as `2Gi`",
    "labels.required": "a label's name",
    "storage.max": "a quantity such as `100Gi`",
}
"""What an exemption's value is, by the limit it is from."""


def _fits(limit: str, value: Any) -> bool:
    if limit.startswith("replicas."):
        return isinstance(value, int) and not isinstance(value, bool)
    if not isinstance(value, str):
        return False
    if limit == "images.pinned":
        return value in ("tag", "nothing")
    if limit == "requests.required":
        return value in ("cpu", "memory")
    return not limit.startswith(("requests.", "storage.")) or _is_quantity(value)


def _is_quantity(text: str) -> bool:
    try:
        quantity(text)
    except ValueError:
        return False
    return True
