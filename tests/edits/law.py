"""The law of edit safety: nothing that the spec still wants is deleted or replaced, unless Kubernetes itself makes a
field immutable; then the preview says so first. Pure: over events, calls and objects."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from components.manifests.objects import Manifest, logical_name

Key = tuple[str, str, str]
"""An object: kind, namespace and name."""

REPLACING = {"replace", "create-replacement", "delete-replaced"}
_PLURALS = {
    "configmaps": "ConfigMap",
    "cronjobs": "CronJob",
    "deployments": "Deployment",
    "horizontalpodautoscalers": "HorizontalPodAutoscaler",
    "ingresses": "Ingress",
    "jobs": "Job",
    "namespaces": "Namespace",
    "networkpolicies": "NetworkPolicy",
    "persistentvolumeclaims": "PersistentVolumeClaim",
    "poddisruptionbudgets": "PodDisruptionBudget",
    "secrets": "Secret",
    "serviceaccounts": "ServiceAccount",
    "services": "Service",
    "statefulsets": "StatefulSet",
}
_OBJECT = re.compile(
    r"^/apis?/(?:[^/]+/)?[^/]+/(?:namespaces/(?P<namespace>[^/]+)/)?(?P<plural>[a-z]+)/(?P<name>[^/]+)$"
)


@dataclass(frozen=True)
class Operation:
    """What the engine plans or does with one resource."""

    urn: str
    op: str


def operations(events: Iterable[Mapping[str, Any]]) -> list[Operation]:
    """Return the operations of a run or a preview that are more than `same`, sorted."""
    found = []
    for event in events:
        told = event.get("resourcePreEvent", {}).get("metadata")
        if told and told["op"] not in ("same", "read", "refresh") and not told["urn"].endswith("::default"):
            found.append(Operation(told["urn"], told["op"]))
    return sorted(found, key=lambda one: (one.urn, one.op))


def key(manifest: Manifest) -> Key:
    """Return which object a manifest is."""
    return manifest["kind"], manifest["metadata"].get("namespace", ""), manifest["metadata"]["name"]


def called(path: str) -> Key | None:
    """Return which object a call to the API server was about."""
    found = _OBJECT.match(path)
    if found is None or found["plural"] not in _PLURALS:
        return None
    return _PLURALS[found["plural"]], found["namespace"] or "", found["name"]


def immutable_change(before: Manifest, after: Manifest) -> bool:
    """Return whether Kubernetes refuses to change one object into the other.

    Sources: the validation of updates in Kubernetes, which each kind's reference repeats.
    """
    old, new = before.get("spec", {}), after.get("spec", {})
    kind = after["kind"]
    if kind == "StatefulSet":
        fixed = ("serviceName", "volumeClaimTemplates", "selector", "podManagementPolicy")
        return any(old.get(field) != new.get(field) for field in fixed)
    if kind == "Service":
        return (old.get("clusterIP") == "None") != (new.get("clusterIP") == "None")
    if kind == "Deployment":
        return bool(old["selector"] != new["selector"])
    if kind == "PersistentVolumeClaim":
        return bool(old != new)
    if kind == "Job":
        return bool(old["template"] != new["template"])
    return False


def broken(
    deleted: Iterable[Key], before: Iterable[Manifest], after: Iterable[Manifest], previewed: Iterable[Operation]
) -> list[str]:
    """Return how an edit broke the law; nothing when it kept it.

    Args:
        deleted: the objects that the API server was told to delete, for good.
        before: the objects that the spec wanted.
        after: the objects that it wants now.
        previewed: what the preview said.

    """
    old = {key(one): one for one in before}
    new = {key(one): one for one in after}
    replaced = {one.urn.rpartition("::")[2] for one in previewed if one.op in REPLACING}
    found = []
    for gone in deleted:
        if gone not in new:
            continue
        if gone in old and not immutable_change(old[gone], new[gone]):
            found.append(f"{'/'.join(gone)} is still wanted and was deleted")
        elif not any(name.endswith(f"-{logical_name(new[gone])}") for name in replaced):
            found.append(f"{'/'.join(gone)} was replaced and the preview did not say so")
    return found


def remade(
    before: Mapping[Key, str], after: Mapping[Key, str], changes: Mapping[Key, tuple[Manifest, Manifest]]
) -> list[str]:
    """Return which live objects are others than they were, though nothing of them is immutable.

    It sees what was deleted in whichever way, also by Kubernetes itself.

    Args:
        before: the uid of each live object before an edit.
        after: the same after it.
        changes: what the spec wanted and wants, of objects that it wanted before and after.

    """
    return [
        f"{'/'.join(one)} is wanted and is another than before"
        for one, (old, new) in changes.items()
        if one in before and one in after and before[one] != after[one] and not immutable_change(old, new)
    ]


def differences(wanted: Any, live: Any, path: str = "") -> list[str]:
    """Return where a live object lacks what was wanted; what the cluster adds is no difference."""
    if isinstance(wanted, Mapping):
        if not isinstance(live, Mapping):
            return [f"{path}: not a mapping"]
        return [text for name, value in wanted.items() for text in differences(value, live.get(name), f"{path}.{name}")]
    if isinstance(wanted, list):
        if not isinstance(live, list) or len(live) != len(wanted):
            return [f"{path}: {live!r} instead of {wanted!r}"] if wanted or live else []
        return [
            text
            for index, pair in enumerate(zip(wanted, live, strict=True))
            for text in differences(*pair, f"{path}[{index}]")
        ]
    left_out = live is None and wanted in ("", None, False, 0)
    if wanted == live or left_out or str(wanted).startswith("from Pulumi config"):
        return []
    return [f"{path}: {live!r} instead of {wanted!r}"]
