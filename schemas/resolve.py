"""From files to a checked spec: layers merged, shape and rules checked, defaults filled in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from schemas import rules, salvage
from schemas.layers.expand import expand_layer
from schemas.layers.places import Place, by_place
from schemas.layers.sources import missing_build_paths, read_sources
from schemas.layers.stack import Layers
from schemas.model import Application, version_name
from schemas.plan.named import Named
from schemas.platform import capabilities, limits
from schemas.platform.environment import complete_entry, entry_problems, environment_model, platform_entry
from schemas.platform.exemptions import ended, exemptions_of, unused
from schemas.platform.unasked import unasked
from schemas.problems import Problem, SpecError, UnknownNameError, errors_in, in_order
from schemas.project import Project, problem_of_place
from schemas.release import fit as releases
from schemas.release import rollouts
from schemas.shape.conformance import merged_problems
from schemas.spec import Spec
from schemas.text.document import Node, at, plain


def resolve(project: Project, environment: str, location: str | None = None) -> Spec:
    """Return the application as it stands in one environment and location.

    Without a location, the environment's first one is taken.

    Raises:
        UnknownNameError: there is no such environment or location.
        SpecError: with every problem of that environment.

    """
    if problem := problem_of_place(project, environment, location):
        raise UnknownNameError([problem])
    spec, problems, _ = _looked_at(Layers(project), environment, location or project.locations(environment)[0])
    if spec is None or errors_in(problems):
        raise SpecError(limits.told_once(problems))
    return replace(spec, warnings=in_order(limits.told_once(problems)))


def check(project: Project, beyond: Callable[[Spec], Iterable[Problem]] | None = None) -> tuple[Problem, ...]:
    """Return every problem in every environment and location, errors and warnings, each once; see `survey`."""
    return in_order(limits.told_once(survey(project, beyond)[1]))


def survey(
    project: Project, beyond: Callable[[Spec], Iterable[Problem]] | None = None
) -> tuple[dict[Place, Spec], list[Problem]]:
    """Return the spec of every environment and location, also one with errors, and every problem once.

    A problem of what all environments share says in which of them it stands, unless it stands in all. `beyond` is
    asked for more wherever a spec has no error: whoever can render objects looks at those.
    """
    layers = Layers(project)
    told: dict[Place, list[Problem]] = {}
    specs: dict[Place, Spec] = {}
    used: set[str] = set()
    for place in project.places:
        spec, told[place], exempted = _looked_at(layers, *place)
        used |= exempted
        if spec is None:
            continue
        specs[place] = spec
        if beyond is not None and not errors_in(told[place]):
            told[place] += beyond(spec)
    stopped = set(project.places) - set(specs)
    found = by_place(told, stopped)
    exemptions = exemptions_of(project.platform, project.name)
    found += ended(exemptions, project.today)
    if not stopped:
        # A place that was not looked at to its end may be the one that needs the exemption.
        found += unused(exemptions, used, project.today)
    return specs, found


def _looked_at(layers: Layers, environment: str, location: str | None) -> tuple[Spec | None, list[Problem], set[str]]:
    """Return the spec of one place with its problems, and the exemptions it needs.

    There is no spec when its shape is wrong: then the rules, which need a model, are asked of what can be salvaged.
    """
    project = layers.project
    entry = platform_entry(project, environment, location)
    merged, problems = read_sources(layers.merged(environment, location), project.folder)
    problems += missing_build_paths(merged, project.folder)
    removed = partial(layers.removed, environment, location)
    shape = [*entry_problems(entry), *merged_problems(merged, "application", "Overlay", removed)]
    if not shape:
        spec, found, exempted = _judged(layers, (environment, location), merged, entry)
        return spec, [*problems, *found], exempted
    told = [*problems, *shape]
    beside: list[list[Problem]] = []
    for way in salvage.WAYS:
        whole = salvage.mended(merged, "application", "Overlay", way)
        offered = salvage.mended(entry, "platform", "Environment", way)
        if whole is not None and offered is not None:
            # What stands for something wrong may be in a short form.
            beside.append(_judged(layers, (environment, location), expand_layer(whole), offered)[1])
    return None, [*told, *salvage.independent(told, beside)], set()


def _judged(layers: Layers, place: Place, merged: Node, entry: Node) -> tuple[Spec, list[Problem], set[str]]:
    """Return the spec of a place whose parts have their shape, its problems, and the exemptions it needs."""
    project = layers.project
    environment, location = place
    entry = complete_entry(entry)
    merged, lacking = capabilities.fitted(merged, entry, environment)
    release = project.releases.get(environment)
    stepped = rollouts.under_way(merged, release)
    merged, more = capabilities.fitted(stepped, entry, environment) if stepped is not merged else (merged, [])
    lacking += more
    tree = layers.complete(unasked(merged, entry))
    plans, wrong = layers.plans.of(tree)
    spec = Spec(
        application=application_model(
            project,
            tree,
            environment,
            location,
            stages=rollouts.sentences(merged, release),
            plans=plans,
        ),
        environment=environment_model(entry, environment),
        tree=tree,
        platform=entry,
        plans={name: named.tree for name, named in plans.items()},
        released=released_images(merged, release),
        folder=project.folder,
        metadata=at(project.application, "metadata"),
    )
    passing, exempted = limits.check(spec, exemptions_of(project.platform, project.name), project.today)
    problems = [*lacking, *wrong, *rules.check(spec), *passing]
    if release is not None:
        problems += releases.check(spec, release)
    return spec, problems, exempted


def stepped_rollouts(project: Project, environment: str) -> dict[str, dict[str, Any]]:
    """Return by service what the spec says of a rollout that goes in steps in an environment, in plain values."""
    location = project.locations(environment)[0]
    entry = complete_entry(platform_entry(project, environment, location))
    merged, _ = capabilities.fitted(Layers(project).merged(environment, location), entry, environment)
    services = merged.entries["services"].entries if "services" in merged.entries else {}
    said = {name: plain(one.entries["rollout"]) for name, one in services.items() if "rollout" in one.entries}
    return {name: rollout for name, rollout in said.items() if rollouts.weights(rollout)}


def released_images(merged: Node, release: Node | None) -> dict[str, str]:
    """Return the images that a release names, of services and of the versions that are taking over."""
    if release is None:
        return {}
    taking_over = {version_name(one.service, rollouts.NEXT): one.image for one in rollouts.stages(merged, release)}
    return {**plain(at(release, "spec", "images")), **taking_over}


def application_model(
    project: Project,
    tree: Node,
    environment: str,
    location: str | None,
    *,
    stages: dict[str, str],
    plans: Mapping[str, Named],
) -> Application:
    """Return the model of a merged spec, without what is not deployed, with what stands in other files."""
    spec = plain(tree)
    metadata = plain(at(project.application, "metadata"))
    for key in ("services", "jobs"):
        spec[key] = {
            name: {"name": name, **item} for name, item in spec.get(key, {}).items() if item.get("deploy", True)
        }
    head = {
        "name": metadata["name"],
        "owner": metadata["owner"],
        "labels": {key: text for key, text in (metadata.get("labels") or {}).items() if text is not None},
        "environment": environment,
        "location": location,
        "namespace": f"{metadata['name']}-{environment}",
    }
    model = msgspec.convert({**head, **spec}, Application)
    return msgspec.structs.replace(model, stages=stages, plans={name: named.plan for name, named in plans.items()})
