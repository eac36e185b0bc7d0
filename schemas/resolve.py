"""From files to a checked spec: layers merged, shape and rules checked, defaults filled in."""

from dataclasses import replace
from typing import Any

import msgspec

from schemas import rules
from schemas.document import Node, descend, grafted, plain
from schemas.expand import expand_layer, expand_service
from schemas.files import missing_build_paths, read_sources
from schemas.grammar import grammar
from schemas.merge import overlay, with_defaults
from schemas.model import Application, Environment
from schemas.problems import Origin, Problem, SpecError, errors_in, in_order
from schemas.project import Project, at, problem_of_place
from schemas.shape import merged_problems
from schemas.spec import Spec


def resolve(project: Project, environment: str, location: str | None = None) -> Spec:
    """Return the application as it stands in one environment and location.

    Without a location, the environment's first one is taken.

    Raises:
        SpecError: with every problem of that environment.

    """
    if problem := problem_of_place(project, environment, location):
        raise SpecError([problem])
    location = location or project.locations(environment)[0]
    merged, problems = read_sources(merge(project, environment, location), project.folder)
    problems += missing_build_paths(merged, project.folder)
    if shape := merged_problems(merged, "application", "Overlay"):
        # Rules need a model, and what has not the right shape has none.
        raise SpecError([*problems, *shape])
    tree = complete(merged, project)
    spec = Spec(
        application=_application(project, tree, environment, location),
        environment=_environment(project, environment, location),
        tree=tree,
        released=_released(project, environment),
        folder=project.folder,
    )
    problems += rules.check(spec, project.releases.get(environment))
    if errors_in(problems):
        raise SpecError(problems)
    return replace(spec, warnings=in_order(problems))


def check(project: Project) -> tuple[Problem, ...]:
    """Return every problem in every environment and location, errors and warnings, each once."""
    found: list[Problem] = []
    for environment in project.environments:
        for location in project.locations(environment):
            try:
                found.extend(resolve(project, environment, location).warnings)
            except SpecError as error:
                found.extend(error.problems)
    return in_order(found)


def merge(project: Project, environment: str, location: str | None) -> Node:
    """Return the spec of one environment and location: every layer merged, without defaults."""
    spec = at(project.application, "spec")
    layers = [_layer(spec, "application")]
    if local := descend(spec, ("environments", environment)):
        layers.append(_layer(local, f"environment {environment}"))
        if location and (place := descend(local, ("locations", location))):
            layers.append(_layer(place, f"location {location}"))
    shape = grammar("application", "Overlay")
    merged = _platform_layer(project, environment, layers)
    for layer in layers:
        merged = overlay(merged, layer, shape)
    return merged


def complete(merged: Node, project: Project) -> Node:
    """Return a merged spec with the defaults of the platform's baseline and the built-in ones below it."""
    extras = [expand_service(_renamed(node, "baseline")) for node in _baseline(project, "whenPresent", "services")]
    services = merged.entries.get("services")
    per_service = {name: _stacked(extras) for name in services.entries} if services and extras else {}
    when_present = grafted({"services": per_service}, merged.origin) if per_service else None
    return with_defaults(merged, grammar("application", "Overlay"), when_present)


def _layer(node: Node, name: str) -> Node:
    return expand_layer(_renamed(node, name))


def _renamed(node: Node, layer: str) -> Node:
    """Return a tree whose values say which layer they came with."""
    if node.origin.layer == layer:
        return node

    def named(origin: Origin | None) -> Origin | None:
        return replace(origin, layer=layer) if origin is not None else None

    value: Any = node.value
    if isinstance(value, dict):
        value = {key: _renamed(child, layer) for key, child in value.items()}
    elif isinstance(value, tuple):
        value = tuple(_renamed(child, layer) for child in value)
    return Node(value, replace(node.origin, layer=layer), named(node.key))


def _platform_layer(project: Project, environment: str, layers: list[Node]) -> Node:
    """Return the lowest layer: the platform's defaults for each service that any layer names."""
    defaults = [_renamed(node, "baseline") for node in _baseline(project, "services")]
    if local := descend(project.platform, ("spec", "environments", environment, "services")):
        defaults.append(_renamed(local, f"platform environment {environment}"))
    origin = layers[0].origin
    named: dict[str, Node] = {}
    for layer in reversed(layers):
        named |= layer.entries["services"].entries if "services" in layer.entries else {}
    base = _stacked([expand_service(node) for node in defaults]) if defaults else None
    if base is None:
        return Node({}, origin)
    services = {
        name: Node(base.value, service.origin, service.key)
        for name, service in named.items()
        if isinstance(service.value, dict)
    }
    return Node({"services": Node(services, origin)}, origin)


def _baseline(project: Project, *path: str) -> list[Node]:
    """Return a part of the chosen baseline and of those it extends, the furthest first."""
    chosen = descend(project.application, ("metadata", "platform", "baseline"))
    name = chosen.value if chosen is not None else None
    found: list[Node] = []
    seen: set[Any] = set()
    while name is not None and name not in seen:
        seen.add(name)
        baseline = descend(project.platform, ("spec", "baselines", str(name)))
        if baseline is None:
            break
        part = descend(baseline, path)
        if part is not None:
            found.insert(0, part)
        parent = baseline.entries.get("extends")
        name = parent.value if parent is not None else None
    return found


def _stacked(layers: list[Node]) -> Node:
    shape = grammar("application", "Service")
    stacked = layers[0]
    for layer in layers[1:]:
        stacked = overlay(stacked, layer, shape)
    return stacked


def _application(project: Project, tree: Node, environment: str, location: str | None) -> Application:
    """Return the model of a merged spec, without what is not deployed."""
    spec = plain(tree)
    metadata = plain(at(project.application, "metadata"))
    for key in ("services", "jobs"):
        spec[key] = {
            name: {"name": name, **item} for name, item in spec.get(key, {}).items() if item.get("deploy", True)
        }
    head = {
        "name": metadata["name"],
        "owner": metadata["owner"],
        "labels": metadata.get("labels") or {},
        "environment": environment,
        "location": location,
        "namespace": f"{metadata['name']}-{environment}",
    }
    return msgspec.convert({**head, **spec}, Application)


def _environment(project: Project, environment: str, location: str | None) -> Environment:
    """Return the platform's entry for the environment, with the location's cluster in it."""
    shape = grammar("platform", "Environment")
    entry = plain(with_defaults(at(project.platform, "spec", "environments", environment), shape))
    locations = entry.pop("locations", None) or {}
    entry.pop("services", None)
    cluster = {**(entry.get("cluster") or {}), **((locations.get(location or "") or {}).get("cluster") or {})}
    kept = {key: value for key, value in entry.items() if not key.startswith("x-")}
    return msgspec.convert({**kept, "name": environment, "cluster": cluster}, Environment)


def _released(project: Project, environment: str) -> dict[str, str]:
    release = project.releases.get(environment)
    return dict(plain(at(release, "spec", "images"))) if release is not None else {}
