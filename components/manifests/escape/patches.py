"""Patches: changes to rendered objects that a spec asks for by name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from components.manifests.escape.excuse import excused
from components.manifests.escape.json_patch import stepped
from components.manifests.escape.kinds import Place, kind_of
from components.manifests.escape.strategic_merge import merged
from components.manifests.escape.trace import bringer
from components.manifests.objects import Manifest, logical_name
from schemas.model import Application, Environment, Patch
from schemas.problems import Path, listed, nearest, nearest_or_all


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a patch or an extra object can't be taken: its place in the spec, and what is to be said."""

    path: Path
    code: str
    message: str
    hint: str = ""
    at_key: bool = False
    severity: Literal["error", "warning"] = "error"


def patched(objects: Iterable[Manifest], app: Application, environment: Environment) -> list[Manifest]:
    """Return objects with the patches that are about them. The spec's check has made sure that each fits.

    Raises:
        ValueError: a patch does not fit, so nobody has checked the spec.

    """
    before = list(objects)
    if not app.patches:
        return before
    wanted: dict[tuple[str, str], list[str]] = {}
    for name, patch in app.patches.items():
        wanted.setdefault((patch.target.kind, patch.target.name), []).append(name)
    found = []
    laid: dict[int, dict[str, Patch]] = {}
    for index, one in enumerate(before):
        changed = one
        for name in (name for called in names(one) for name in wanted.get(called, ())):
            changed, flaws = applied(changed, name, app.patches[name], environment.versions.kubernetes)
            if flaws:
                raise ValueError(f"patch {name}: {flaws[0].message}")
            laid.setdefault(index, {})[name] = app.patches[name]
        found.append(changed)
    return excused(before, found, laid) if laid else found


def names(one: Manifest) -> tuple[tuple[str, str], ...]:
    """Return the kinds and names by which a patch may call an object: with the hash of its content, and without."""
    called = dict.fromkeys((one["metadata"]["name"], logical_name(one)))
    return tuple((one["kind"], name) for name in called)


def applied(one: Manifest, name: str, patch: Patch, version: str) -> tuple[Manifest, list[Flaw]]:
    """Return an object after a patch, and why the patch can't be laid over it; then the object is as it was."""
    if patch.json_patch is not None:
        changed, missed = stepped(one, patch.json_patch)
        steps: Path = ("patches", name, "jsonPatch")
        flaws = [
            Flaw((*steps, flaw.index, *([flaw.key] if flaw.key else [])), flaw.code, flaw.message) for flaw in missed
        ]
    else:
        place = kind_of(one["apiVersion"], one["kind"], version) or Place(version, {})
        try:
            changed, flaws = merged(one, patch.strategic_merge or {}, place), []
        except ValueError as error:
            changed, flaws = one, [Flaw(("patches", name, "strategicMerge"), "SW6006", str(error))]
    if not flaws:
        flaws = [*_forbidden(one, changed, name, patch, version), *_hollow(one, changed, name, patch, version)]
    return (one, flaws) if flaws else (changed, [])


def missed(objects: Sequence[Manifest], count: int, name: str, patch: Patch) -> Flaw:
    """Return that a patch's target is not there, or is there `count` times."""
    kind, path = patch.target.kind, ("patches", name, "target")
    if count:
        message = f"{count} objects are of the kind `{kind}` and named `{patch.target.name}`."
        return Flaw(path, "SW6002", message, "Name one of them with its hash, as `stackwright render` prints it.")
    known = sorted(logical_name(one) for one in objects if one["kind"] == kind)
    kinds = sorted({one["kind"] for one in objects})
    if not known:
        return Flaw((*path, "kind"), "SW6001", f"no `{kind}` is rendered here.{nearest(kind, kinds)}")
    near = nearest(patch.target.name, known) or f" There is {listed(known[:8], 'and')}."
    return Flaw((*path, "name"), "SW6001", f"no `{kind}` named `{patch.target.name}` is rendered here.{near}")


_IDENTITY: tuple[tuple[str, ...], ...] = (
    ("apiVersion",),
    ("kind",),
    ("metadata", "name"),
    ("metadata", "namespace"),
)
_FROZEN: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "Deployment": ((("spec", "selector"), "Kubernetes makes a selector immutable."),),
    "StatefulSet": ((("spec", "selector"), "Kubernetes makes a selector immutable."),),
    "ConfigMap": (
        (("data",), "What a config holds stands under `configs` or `files`, so that new content rolls the pods."),
        (("binaryData",), "What a config holds stands under `configs` or `files`, so that new content rolls the pods."),
        (("immutable",), "A ConfigMap's name is a hash of its content, so the content must stay."),
    ),
    "Secret": (
        (("data",), "Values of secrets are never in this file: declare the key under `secrets`."),
        (("stringData",), "Values of secrets are never in this file: declare the key under `secrets`."),
    ),
    "Namespace": tuple(
        (("metadata", "labels", f"pod-security.kubernetes.io/{mode}"), "Pod Security `restricted` is enforced, always.")
        for mode in ("enforce", "audit", "warn")
    ),
}
"""What a patch may not change, by the object's kind, and why."""


def _forbidden(before: Manifest, after: Any, name: str, patch: Patch, version: str) -> list[Flaw]:
    """Return what a patch changes that it may not: an object's identity, and what would break a law in silence."""
    if not isinstance(after, dict):
        return [Flaw(("patches", name), "SW6007", "a patch may not replace the whole object.", at_key=True)]

    def told(keys: tuple[str, ...], what: str, why: str) -> Flaw:
        return Flaw(bringer(after, {name: patch}, keys, version), "SW6007", f"a patch may not change {what}.", why)

    reason = "An object's kind, name and namespace are its identity."
    found = [
        told(keys, f"`{'.'.join(keys)}`", why)
        for keys, why in (*((keys, reason) for keys in _IDENTITY), *_FROZEN.get(before["kind"], ()))
        if _at(before, keys) is not _at(after, keys) and _at(before, keys) != _at(after, keys)
    ]
    marks: tuple[str, ...] = ("spec", "template", "metadata", "labels")
    # A budget or a policy has a selector too, and no pods of its own.
    for key, value in selected(before).items() if _at(before, marks) is not None else ():
        if _at(after, (*marks, key)) != value:
            found.append(told((*marks, key), f"the label `{key}` of the pods", "The selector finds the pods by it."))
    return found


def _hollow(before: Manifest, after: Manifest, name: str, patch: Patch, version: str) -> Iterator[Flaw]:
    """Yield containers that a patch brings without an image: the name of one that is there was meant."""
    for kind in ("containers", "initContainers"):
        path = ("spec", "template", "spec", kind)
        known = [box.get("name") for box in _list(before, path) if isinstance(box, Mapping)]
        for index, box in enumerate(_list(after, path)):
            own = box.get("name") if isinstance(box, Mapping) else None
            if isinstance(own, str) and own not in known and "image" not in box:
                there = [str(one) for one in known]
                near = nearest_or_all(own, there, "There is")
                message = f"no container is named `{own}`, and a new one needs `image`.{near}"
                yield Flaw(bringer(after, {name: patch}, (*path, index), version), "SW6009", message)


def selected(workload: Manifest) -> Mapping[str, str]:
    """Return the labels by which a workload's selector finds its pods."""
    found = _at(workload, ("spec", "selector", "matchLabels"))
    return found if isinstance(found, Mapping) else {}


def _list(value: Any, keys: Sequence[str]) -> list[Any]:
    found = _at(value, keys)
    return found if isinstance(found, list) else []


def _at(value: Any, keys: Sequence[str]) -> Any:
    for key in keys:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value
