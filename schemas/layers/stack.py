"""Layers: what a spec is in one environment and location, from the platform's baseline up to the location."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import msgspec

from schemas.layers.baselines import lineage
from schemas.layers.expand import expand_layer, expand_service
from schemas.layers.merge import overlay, with_defaults
from schemas.layers.versions import filled, given_to_versions
from schemas.plan.named import Plans
from schemas.problems import Origin, Path
from schemas.project import Project
from schemas.shape.grammar import grammar
from schemas.text.document import Node, at, descend, grafted


@dataclass(frozen=True)
class Layers:
    """The layers of a project. What environments share is expanded once and kept."""

    project: Project

    def merged(self, environment: str, location: str | None) -> Node:
        """Return the spec of one environment and location: every layer merged, without defaults."""
        layers = self.of_application(environment, location)
        shape = grammar("application", "Overlay")
        merged = _for_each_service(_stacked(self.of_platform(environment, location)), layers)
        for layer in layers:
            merged = overlay(merged, layer, shape)
        return filled(merged)

    def of_application(self, environment: str, location: str | None) -> list[Node]:
        """Return the application's own layers in the long form, lowest first."""
        layers = [self._application]
        if local := descend(self._spec, ("environments", environment)):
            layers.append(_layer(local, f"environment {environment}"))
            if location and (place := descend(local, ("locations", location))):
                layers.append(_layer(place, f"location {location}"))
        return layers

    def of_platform(self, environment: str, location: str | None) -> list[Node]:
        """Return what the platform says of every service in an environment and location, lowest first."""
        stack = list(self._baseline)
        entry = at(self.project.platform, "spec", "environments", environment)
        if (part := entry.entries.get("services")) is not None:
            stack.append(expand_service(_renamed(part, f"platform environment {environment}")))
        if location and (part := descend(entry, ("locations", location, "services"))):
            stack.append(expand_service(_renamed(part, f"platform location {location}")))
        return stack

    def removed(self, environment: str, location: str | None, path: Path) -> Origin | None:
        """Return where the topmost layer of the application says that there is nothing at a path, if one does."""
        found = (descend(layer, path) for layer in reversed(self.of_application(environment, location)))
        return next((node.origin for node in found if node is not None and node.value is None), None)

    def complete(self, merged: Node) -> Node:
        """Return a merged spec with the defaults of the platform's baseline and the built-in ones below it."""
        services = merged.entries.get("services")
        when_present = None
        if services is not None and services.entries and self._when_present is not None:
            given = self._when_present
            per_service = {name: given_to_versions(one, given) for name, one in services.entries.items()}
            when_present = grafted({"services": per_service}, merged.origin)
        return with_defaults(merged, grammar("application", "Overlay"), when_present)

    @cached_property
    def plans(self) -> Plans:
        """The plans of capacity that services name, in whatever environment."""
        return Plans(self.project.folder, self.project.today)

    @cached_property
    def _spec(self) -> Node:
        return at(self.project.application, "spec")

    @cached_property
    def _application(self) -> Node:
        return expand_layer(self._spec)

    @cached_property
    def _baseline(self) -> list[Node]:
        """The chosen baseline's defaults of every service, after those of the baselines it extends."""
        return self._of_baselines("services")

    @cached_property
    def _when_present(self) -> Node | None:
        """What the chosen baseline gives only to what a service has."""
        return _stacked(self._of_baselines("whenPresent", "services"))

    def _of_baselines(self, *path: str) -> list[Node]:
        chosen = descend(self.project.application, ("metadata", "platform", "baseline"))
        name = str(chosen.value) if chosen is not None and chosen.value is not None else None
        parts = [(key, descend(node, path)) for key, node in lineage(self.project.platform, name)]
        return [expand_service(_renamed(part, f"baseline {key}")) for key, part in parts if part is not None]


def _layer(node: Node, name: str) -> Node:
    return expand_layer(_renamed(node, name))


def _for_each_service(service: Node | None, layers: list[Node]) -> Node:
    """Return the lowest layer: the platform's defaults, for each service that any layer names."""
    origin = layers[0].origin
    if service is None:
        return Node({}, origin)
    named: dict[str, Node] = {}
    for layer in layers:
        services = layer.entries.get("services")
        for name, own in services.entries.items() if services is not None else ():
            if isinstance(own.value, Mapping):
                named.setdefault(name, own)
    return Node({"services": Node({n: Node(service.value, o.origin, o.key) for n, o in named.items()}, origin)}, origin)


def _stacked(layers: list[Node]) -> Node | None:
    """Return the defaults of a service, each laid over the one before; nothing when there are none."""
    stacked: Node | None = None
    for layer in layers:
        below = stacked if stacked is not None else layer.with_entries({})
        stacked = overlay(below, layer, grammar("application", "Service"))
    return stacked


def _renamed(node: Node, layer: str) -> Node:
    """Return a tree whose values say which layer they came with."""

    def named(origin: Origin) -> Origin:
        return msgspec.structs.replace(origin, layer=layer)

    def walk(node: Node) -> Node:
        value = node.value
        if isinstance(value, Mapping):
            value = {key: walk(child) for key, child in value.items()}
        elif isinstance(value, tuple):
            value = tuple(walk(child) for child in value)
        return Node(value, named(node.origin), named(node.key) if node.key is not None else None)

    return walk(node)
