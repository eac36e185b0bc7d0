"""Extra objects: whole Kubernetes objects that a spec brings because the language has no word for them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.manifests.escape.kinds import CLUSTER_SCOPED, kind_schema, versions_of
from components.manifests.escape.patches import Flaw
from components.manifests.objects import Manifest, labels
from schemas.model import Application
from schemas.problems import Path, listed

_NAME = re.compile(r"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")
_TEXTS = ("labels", "annotations")


def extra_objects(app: Application) -> list[Manifest]:
    """Return the application's extra objects, each in its namespace and with its labels."""
    return [_placed(app, name, given) for name, given in sorted(app.extra_objects.items())]


def _placed(app: Application, name: str, given: Mapping[str, Any]) -> Manifest:
    metadata = given.get("metadata") or {}
    own = str(metadata.get("name", name))
    head = {"name": own, "namespace": app.namespace, "labels": {**labels(app, own), **(metadata.get("labels") or {})}}
    rest = {key: value for key, value in metadata.items() if key not in head}
    body = {key: value for key, value in given.items() if key not in ("apiVersion", "kind", "metadata")}
    return {"apiVersion": given["apiVersion"], "kind": given["kind"], "metadata": {**head, **rest}, **body}


def unfit(app: Application, version: str, rendered: Sequence[Manifest]) -> Iterator[Flaw]:
    """Yield why extra objects can't be taken, each at its place in the spec."""
    taken = {_key(one["apiVersion"], one["kind"], one["metadata"]["name"]) for one in rendered}
    for name, given in sorted(app.extra_objects.items()):
        path: Path = ("extraObjects", name)
        yield from _kind_flaws(path, given, version)
        if flaws := list(_metadata_flaws(path, name, given, app.namespace)):
            yield from flaws
            continue
        own = (given.get("metadata") or {}).get("name", name)
        key = _key(given["apiVersion"], given["kind"], own)
        if key in taken:
            message = f"there is another `{given['kind']}` named `{own}`."
            hint = "Change the one that is rendered with `patches`, or choose another name."
            yield Flaw(path, "SW6011", message, hint, at_key=True)
        taken.add(key)


def shapeless(given: Mapping[str, Any]) -> bool:
    """Return whether an object's metadata is not even a mapping of the right kinds, so that nothing can be built."""
    return bool(list(_metadata_flaws((), "x", given, "")))


def _kind_flaws(path: Path, given: Mapping[str, Any], version: str) -> Iterator[Flaw]:
    kind, api_version = given["kind"], given["apiVersion"]
    if kind == "Namespace":
        message = "the application's namespace is its own: it can't bring another."
        yield Flaw((*path, "kind"), "SW6010", message, "Put what lives there in an application of its own.")
    elif kind in CLUSTER_SCOPED and _is_kubernetes(api_version):
        message = f"the kind `{kind}` belongs to the whole cluster, and not to one application."
        yield Flaw((*path, "kind"), "SW6010", message, "Whoever keeps the cluster installs it.")
    elif kind == "Secret" and api_version == "v1" and (given.get("data") or given.get("stringData")):
        key = "data" if given.get("data") else "stringData"
        message = "values of secrets are never in this file."
        yield Flaw((*path, key), "SW6012", message, "Declare the keys under `secrets`.", at_key=True)
    if kind_schema(api_version, kind, version) is None and _is_kubernetes(api_version):
        known = versions_of(kind, version)
        there = f" There is {listed(known, 'and')}." if known else ""
        message = f"Kubernetes {version} has no `{kind}` in `{api_version}`.{there}"
        yield Flaw((*path, "apiVersion"), "SW6013", message)


def _is_kubernetes(api_version: str) -> bool:
    """Return whether a group is Kubernetes' own, all of whose kinds are known; custom groups have a dot."""
    group = api_version.rpartition("/")[0]
    return "." not in group or group in _OWN_GROUPS


_OWN_GROUPS = frozenset({
    "admission.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io",
    "authentication.k8s.io", "authorization.k8s.io", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io",
    "events.k8s.io", "flowcontrol.apiserver.k8s.io", "imagepolicy.k8s.io", "internal.apiserver.k8s.io",
    "networking.k8s.io", "node.k8s.io", "rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io",
    "storage.k8s.io", "storagemigration.k8s.io",
})  # fmt: skip
"""Kubernetes' own groups that have a dot. Source: the groups of its OpenAPI description, version 1.37; others that end
in `k8s.io`, such as `gateway.networking.k8s.io`, come with resource definitions."""


def _metadata_flaws(path: Path, name: str, given: Mapping[str, Any], namespace: str) -> Iterator[Flaw]:
    """Yield what is wrong with an object's metadata, whatever its kind: the structure that every object has."""
    metadata = given.get("metadata", {})
    if not isinstance(metadata, Mapping):
        yield Flaw((*path, "metadata"), "SW6014", "`metadata` must be a mapping.")
        return
    own = metadata.get("name", name)
    if not isinstance(own, str) or not _NAME.match(own):
        message = "an object's name must be of lower-case letters, digits, `-` and `.`."
        yield Flaw((*path, "metadata", "name"), "SW6014", message)
    elsewhere = metadata.get("namespace", namespace)
    if namespace and elsewhere != namespace:
        message = "an object of the application stands in the application's own namespace."
        yield Flaw((*path, "metadata", "namespace"), "SW6014", message, "Leave `namespace` out: it is filled in.")
    for key in _TEXTS:
        texts = metadata.get(key, {})
        if not isinstance(texts, Mapping):
            yield Flaw((*path, "metadata", key), "SW6014", f"`{key}` must be a mapping.")
            continue
        for word, value in texts.items():
            if not isinstance(value, str):
                yield Flaw((*path, "metadata", key, word), "SW6014", "this must be text: quote it.")


def _key(api_version: str, kind: str, name: str) -> tuple[str, str, str]:
    """Return what tells two objects of a namespace apart: the version of a group does not."""
    return api_version.rpartition("/")[0], kind, name
