"""Checks of what a spec renders: patches fit, extra objects are fit, and Kubernetes would take every one of them.

A patch may not do in silence what the language forbids, so the checks over objects run after patching. What they find
is told at the patch or the extra object that brought it, else at the service.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from components.manifests.escape.extra import extra_objects, shapeless, unfit
from components.manifests.escape.patches import Flaw, applied, missed, names
from components.manifests.escape.trace import bringer
from components.manifests.objects import Manifest
from components.manifests.offline import offline_objects
from schemas import resolve
from schemas.model import Patch
from schemas.problems import Path, Problem, SpecError, errors_in, in_order
from schemas.project import Project
from schemas.spec import Spec

if TYPE_CHECKING:
    from components.manifests.escape.validity import Wrong


class _Leaf(str):
    """A word for a value that is known only at deployment: text to a check, a leaf to a patch."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _Changed:
    """An object after its patches, with the patches that were laid over it, in order."""

    object: Manifest
    before: Manifest
    patches: Mapping[str, Patch]


def check(project: Project) -> tuple[Problem, ...]:
    """Return every problem of a project in every environment and location: of its files, and of what they render."""
    return resolve.check(project, beyond)


def beyond(spec: Spec) -> list[Problem]:
    """Return what is wrong with the objects of a spec, for whoever checks several places or applications."""
    if not spec.application.leaves_the_language:
        return []
    return checked_objects(spec)[1]


def checked(spec: Spec) -> Spec:
    """Return a spec whose objects have been checked too, with the warnings of that.

    Raises:
        SpecError: with every problem of the objects.

    """
    problems = beyond(spec)
    if errors_in(problems):
        raise SpecError(problems)
    return replace(spec, warnings=in_order([*spec.warnings, *problems])) if problems else spec


def checked_objects(spec: Spec) -> tuple[list[Manifest], list[Problem]]:
    """Return the objects of a spec, with words for what is known only at deployment, and what is wrong with them."""
    app = spec.application
    if not app.leaves_the_language:
        return offline_objects(spec), []
    # Kubernetes' schemas are read only for a spec that leaves the language.
    from components.manifests.escape.validity import wrongs  # noqa: PLC0415

    version = spec.environment.versions.kubernetes
    bare = msgspec.structs.replace(app, patches={}, extra_objects={})
    changed, flaws = _patched(offline_objects(spec, bare, _Leaf), app.patches, version)
    flaws += unfit(app, version, [one.object for one in changed])
    whole = {name: given for name, given in app.extra_objects.items() if not shapeless(given)}
    extra = extra_objects(msgspec.structs.replace(app, extra_objects=whole))
    flaws += [_refused(one, wrong, version) for one in changed if one.patches for wrong in wrongs(one.object, version)]
    for name, one in zip(sorted(whole), extra, strict=True):
        flaws += [
            Flaw(("extraObjects", name, *wrong.path), "SW6020", wrong.message, at_key=wrong.at_key)
            for wrong in wrongs(one, version)
        ]
    objects = [*(one.object for one in changed), *extra]
    flaws += _scaled_twice(changed)
    if not flaws:
        # What is no object of Kubernetes at all would only be told twice.
        flaws += _found(changed, dict(zip(sorted(whole), extra, strict=True)), version)
    return objects, [_problem(spec, flaw) for flaw in flaws]


def _patched(
    objects: Sequence[Manifest], patches: Mapping[str, Patch], version: str
) -> tuple[list[_Changed], list[Flaw]]:
    """Return objects with the patches that fit, and why the others do not."""
    found = [_Changed(one, one, {}) for one in objects]
    called: dict[tuple[str, str], list[int]] = {}
    for index, manifest in enumerate(objects):
        for key in names(manifest):
            called.setdefault(key, []).append(index)
    flaws: list[Flaw] = []
    for name, patch in patches.items():
        targets = called.get((patch.target.kind, patch.target.name), [])
        if len(targets) != 1:
            flaws.append(missed(objects, len(targets), name, patch))
            continue
        one = found[targets[0]]
        result, misfits = applied(one.object, name, patch, version)
        flaws += misfits
        if not misfits:
            found[targets[0]] = _Changed(result, one.before, {**one.patches, name: patch})
    return found, flaws


def _refused(one: _Changed, wrong: "Wrong", version: str) -> Flaw:
    """Return why Kubernetes would refuse a patched object, at the part of the patch that brought it."""
    path = bringer(one.object, one.patches, wrong.path, version)
    return Flaw(path, "SW6020", f"{wrong.message}{_where(one, path, wrong.path)}", at_key=wrong.at_key)


def _found(changed: Sequence[_Changed], extra: Mapping[str, Manifest], version: str) -> Iterator[Flaw]:
    """Yield what the checks over objects find only because of patches and extra objects.

    What they find without those is said by the rules over the spec already, in the spec's own words.
    """
    from checks import Finding, findings  # noqa: PLC0415 - as above

    def key(one: Finding) -> tuple[str, str, str, str]:
        return one.kind, one.name, one.code, one.message

    known = {key(one) for one in findings([one.before for one in changed])}
    named = {(one["kind"], one["metadata"]["name"]): name for name, one in extra.items()}
    patched = {(one.object["kind"], one.object["metadata"]["name"]): one for one in changed if one.patches}
    every = [name for one in changed for name in one.patches]
    for one in findings([*(one.object for one in changed), *extra.values()]):
        if key(one) in known:
            continue
        place = (one.kind, one.name)
        if place in named:
            path: Path = ("extraObjects", named[place], *one.path)
        elif place in patched:
            path = bringer(patched[place].object, patched[place].patches, one.path, version)
        else:
            # An object that no patch is about, which fits what was patched no longer.
            path = ("patches", every[-1]) if every else ("extraObjects", next(iter(extra)))
        yield Flaw(path, one.code, f"{one.message} ({one.kind} `{one.name}`)", one.hint, severity=one.severity)


def _where(one: _Changed, told: Path, wanted: Path) -> str:
    """Return the place in the object when the place in the patch does not show it, as when something is missing."""
    if told[-1:] == wanted[-1:]:
        return ""
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in wanted).lstrip(".")
    return f" It is about `{place or one.object['kind']}` of the patched object."


def _scaled_twice(changed: Sequence[_Changed]) -> Iterator[Flaw]:
    """Yield patches that fix the number of pods which an autoscaler owns."""
    scaled = [
        one.before["spec"]["scaleTargetRef"] for one in changed if one.object["kind"] == "HorizontalPodAutoscaler"
    ]
    owned = {(target["kind"], target["name"]) for target in scaled}
    for one in changed:
        key, spec = (one.object["kind"], one.object["metadata"]["name"]), one.object.get("spec")
        if key in owned and isinstance(spec, Mapping) and "replicas" in spec:
            path = bringer(one.object, one.patches, ("spec", "replicas"), "")
            message = "the autoscaler owns the number of pods, so `replicas` may not be fixed."
            yield Flaw(path, "SW6008", message, "Say the bounds in the service's `scaling`.")


def _problem(spec: Spec, flaw: Flaw) -> Problem:
    warning = flaw.severity == "warning"
    return spec.problem(flaw.path, flaw.code, flaw.message, flaw.hint, at_key=flaw.at_key, warning=warning)
