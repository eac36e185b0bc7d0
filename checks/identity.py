"""Names, labels and accounts: which object is which, and whose pods are whose."""

import re
from collections.abc import Iterator

from checks.check import Hit, check
from checks.objects import CLUSTER_WIDE, Objects, Pod, at, mapping, matches, text
from schemas.problems import Path

_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_OWNERS = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")


@check(
    "SW6601",
    severity="error",
    hint="Give one of them another name: the second would take the first one's place.",
)
def twice(there: Objects) -> Iterator[Hit]:
    """Yield objects of a kind, namespace and name that another has."""
    seen = set()
    for one in there.all:
        key = (one.group, one.kind, one.namespace, one.name)
        if one.name and key in seen:
            yield Hit(one, ("metadata", "name"), f"another {one.kind} in the same namespace is called `{one.name}`.")
        seen.add(key)


@check(
    "SW6602",
    "CKV_K8S_21",
    "kube-linter/use-namespace",
    "kubescape/C-0061",
    hint="Name the application's own namespace.",
)
def default_namespace(there: Objects) -> Iterator[Hit]:
    """Yield objects in the namespace that everybody shares."""
    for one in there.all:
        shared = one.group in ("", "apps", "batch", "networking.k8s.io", "policy", "autoscaling")
        if shared and one.kind and one.kind not in CLUSTER_WIDE and one.namespace in ("", "default"):
            yield Hit(one, ("metadata", "namespace"), "it stands in the namespace `default`, beside everything else.")


@check(
    "SW6603",
    "kube-score/deployment-pod-selector-labels-match-template-metadata-labels",
    "kube-score/statefulset-pod-selector-labels-match-template-metadata-labels",
    "kube-linter/mismatching-selector",
    severity="error",
    hint="Add the selector's labels to the template.",
)
def selectors(there: Objects) -> Iterator[Hit]:
    """Yield workloads that do not select their own pods; Kubernetes refuses them."""
    for kind in _OWNERS:
        for one in there.of(kind, "apps"):
            selector = mapping(one.spec.get("selector"))
            for pod in one.pods():
                if not selector or not matches(selector, pod.labels):
                    yield Hit(one, ("spec", "selector"), "its selector does not select its own pods.")


@check(
    "SW6604",
    severity="error",
    hint="Add a label to one of the selectors that the other's pods have not.",
)
def shared_pods(there: Objects) -> Iterator[Hit]:
    """Yield workloads whose selector selects the pods of another: each would count, adopt and end the other's."""
    for kind in _OWNERS:
        for one in there.of(kind, "apps"):
            selector = mapping(one.spec.get("selector"))
            others = there.selected(one.namespace, selector) if selector else []
            for name in sorted({_called(pod) for pod in others if pod.owner is not one}):
                yield Hit(one, ("spec", "selector"), f"its selector also selects the pods of {name}.")


@check(
    "SW6605",
    "kube-linter/default-service-account",
    "kube-linter/non-existent-service-account",
    "kubescape/C-0307",
    hint="Add a ServiceAccount to the same set of objects, and name it in serviceAccountName.",
)
def accounts(there: Objects) -> Iterator[Hit]:
    """Yield pods that run as the account that every pod of the namespace may have, or one that is not there."""
    for pod in there.pods:
        name = text(pod.spec.get("serviceAccountName"))
        path = pod.at("serviceAccountName")
        if name in ("", "default"):
            yield Hit(pod.owner, path, "it runs as `default`, the account of whatever names none.")
        elif there.named("ServiceAccount", pod.owner.namespace, name) is None:
            yield Hit(pod.owner, path, f"there is no ServiceAccount `{name}` in this namespace's objects.")


@check(
    "SW6606",
    "kube-linter/deprecated-service-account-field",
    hint="Rename the field to serviceAccountName.",
)
def old_field(there: Objects) -> Iterator[Hit]:
    """Yield pods that name their account in a field that Kubernetes keeps for old times' sake."""
    for pod in there.pods:
        if "serviceAccount" in pod.spec:
            yield Hit(pod.owner, pod.at("serviceAccount"), "`serviceAccount` is the former name of serviceAccountName.")


@check(
    "SW6607",
    "kube-score/label-values",
    severity="error",
    hint="At most 63 letters, digits, dashes, dots and underscores, starting and ending with a letter or digit.",
)
def label_values(there: Objects) -> Iterator[Hit]:
    """Yield labels that Kubernetes refuses."""
    for one in there.all:
        places: list[Path] = [("metadata", "labels"), *((*p.path, "metadata", "labels") for p in one.pods() if p.path)]
        for path in places:
            for key, value in mapping(at(one.body, *map(str, path))).items():
                if isinstance(value, str) and not _LABEL_VALUE.fullmatch(value):
                    yield Hit(one, (*path, str(key)), f"the value of the label `{key}` has not the form of one.")


def _called(pod: Pod) -> str:
    return f"{pod.owner.kind} `{pod.owner.name}`"


CHECKS = (twice, default_namespace, selectors, shared_pods, accounts, old_field, label_values)
