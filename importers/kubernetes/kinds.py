"""Whether an object of a source is one that Kubernetes has."""

from typing import Any

from components.manifests.escape.kinds import kind_schema, versions_of
from components.manifests.escape.validity import wrongs
from importers.draft import Draft
from importers.rest import Rest
from schemas.problems import Path
from schemas.text.document import descend, origin_of, plain

_VERSION = "1.37"
"""The newest version whose schemas are known; kinds that it no longer has are taken as they stand."""

_WITH_PODS = ("Deployment", "StatefulSet")


def well_formed(draft: Draft, one: Rest) -> bool:
    """Return whether an object has the shape of its kind, and note where it has not.

    A field that Kubernetes does not know is only noted: the API server drops it too. An object with a value of another
    kind than its field has is left out, because nobody can say what it means.
    """
    value = plain(one.node)
    if not isinstance(value.get("apiVersion"), str) or not isinstance(value.get("kind"), str):
        draft.note(one.origin, "SW7005", "`apiVersion` and `kind` must be text; the object is left out.")
        return False
    metadata = value.get("metadata") or {}
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        draft.note(one.origin, "SW7005", "the object has no name, and is left out.")
        return False
    if value["kind"] in _WITH_PODS and not _containers(value):
        draft.note(one.origin, "SW7005", "no container stands in the object, and it is left out.")
        return False
    found = wrongs(_current(value), _VERSION)
    for wrong in found:
        _told(draft, one, wrong.path, wrong.message, unknown=wrong.at_key)
    return all(wrong.at_key for wrong in found)


def _current(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object under a version of its kind that there still is; an older one reads much the same."""
    kind, version = value["kind"], value["apiVersion"]
    if kind_schema(version, kind, _VERSION) is not None or not kind.isalnum():
        return value
    known = versions_of(kind, _VERSION)
    return {**value, "apiVersion": known[0]} if known else value


def _containers(value: Any) -> Any:
    """Return the containers of a workload's pods, or nothing."""
    for key in ("spec", "template", "spec", "containers"):
        value = value.get(key) if isinstance(value, dict) else None
    return [one for one in value if one] if isinstance(value, list) else None


def _told(draft: Draft, one: Rest, path: Path, message: str, *, unknown: bool) -> None:
    at = descend(one.node, path)
    origin = at.key if unknown and at is not None and at.key is not None else origin_of(one.node, path)
    if unknown:
        draft.note(origin, "SW7006", f"{message} Kubernetes would drop it, and so does the spec.")
    else:
        draft.note(origin, "SW7005", f"{message} The object is left out.")
