"""What the platform offers in one environment and location: its entry, merged and complete."""

from typing import Any

import msgspec

from schemas.layers.merge import overlay, with_defaults
from schemas.model import Environment
from schemas.problems import Problem
from schemas.project import Project
from schemas.shape.conformance import merged_problems
from schemas.shape.grammar import grammar
from schemas.text.document import Node, at, descend, plain

_NOT_OFFERED = ("services", "locations")
"""Parts of an entry that go elsewhere: defaults of services are a layer, and locations have been chosen from."""
_CHECKED = ("limits", "storageClasses", "whenMissing", "servesPeople")
"""Parts that only checks read, and no builder: they are in the tree and not in the model."""


def platform_entry(project: Project, environment: str, location: str | None) -> Node:
    """Return the platform's entry of an environment: the location's over the environment's, over the platform's limits.

    It holds no defaults yet.
    """
    spec = at(project.platform, "spec")
    entry = at(spec, "environments", environment)
    layers = [entry]
    if location is not None and (place := descend(entry, ("locations", location))):
        layers.append(place)
    shape = grammar("platform", "Environment")
    merged = entry.with_entries({})
    if (limits := spec.entries.get("limits")) is not None:
        merged = overlay(merged, entry.with_entries({"limits": limits}), shape)
    for layer in layers:
        kept = {key: child for key, child in layer.entries.items() if _is_offered(key)}
        merged = overlay(merged, layer.with_entries(kept), shape)
    return merged


def complete_entry(entry: Node) -> Node:
    """Return an entry with the built-in defaults."""
    return with_defaults(entry, grammar("platform", "Environment"))


def entry_problems(entry: Node) -> list[Problem]:
    """Return what is wrong with the shape of a merged entry."""
    return merged_problems(entry, "platform", "Environment")


def environment_model(entry: Node, name: str) -> Environment:
    """Return the model of a complete entry: what builders need of it."""
    value: dict[str, Any] = plain(entry)
    kept = {key: child for key, child in value.items() if key not in _CHECKED}
    return msgspec.convert({"cluster": {}, **kept, "name": name}, Environment)


def _is_offered(key: str) -> bool:
    return key not in _NOT_OFFERED and not key.startswith("x-")
