"""A set of Kubernetes objects, and what they say of each other.

The objects may be anybody's, so every reader here takes a value of the wrong type for one that is not there: whether an
object has the shape of its kind is for Kubernetes' schemas to say.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from schemas.problems import Path

_TEMPLATES: dict[tuple[str, str], Path] = {
    ("", "Pod"): (),
    ("", "ReplicationController"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("batch", "Job"): ("spec", "template"),
}
"""Where the pod stands in an object, by group and kind."""

CLUSTER_WIDE = {
    "APIService",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "GatewayClass",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
}
"""Kinds without a namespace."""


def mapping(value: Any) -> Mapping[Any, Any]:
    """Return a mapping as it is, and an empty one for anything else."""
    # Nearly always it is a dictionary, which is quicker to see than that it is a mapping.
    return value if isinstance(value, dict | Mapping) else {}


def sequence(value: Any) -> Sequence[Any]:
    """Return a list as it is, and an empty one for anything else."""
    return value if isinstance(value, list | tuple) else ()


def text(value: Any) -> str:
    """Return a text as it is, and an empty one for anything else."""
    return value if isinstance(value, str) else ""


def number(value: Any) -> int | None:
    """Return a whole number as it is, and nothing for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def at(value: Any, *path: str) -> Any:
    """Return what stands at a path, or nothing."""
    for key in path:
        value = mapping(value).get(key)
    return value


@dataclass(frozen=True, slots=True, eq=False)
class Object:
    """One object of the set."""

    number: int
    """Its place in the set, from 0."""
    body: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Its kind."""
        return text(self.body.get("kind"))

    @property
    def group(self) -> str:
        """The API group of its kind, empty for the core: Knative has a `Service` too."""
        return text(self.body.get("apiVersion")).rpartition("/")[0]

    @property
    def name(self) -> str:
        """Its name."""
        return text(at(self.body, "metadata", "name"))

    @property
    def namespace(self) -> str:
        """The namespace that it names, or an empty text."""
        return text(at(self.body, "metadata", "namespace"))

    @property
    def annotations(self) -> Mapping[Any, Any]:
        """Its annotations."""
        return mapping(at(self.body, "metadata", "annotations"))

    @property
    def spec(self) -> Mapping[Any, Any]:
        """Its spec."""
        return mapping(self.body.get("spec"))

    def pods(self) -> "Iterator[Pod]":
        """Yield the pod or pod template in it, if it has one."""
        path = _TEMPLATES.get((self.group, self.kind))
        if path is not None:
            yield Pod(self, path, mapping(at(self.body, *map(str, path))))


@dataclass(frozen=True, slots=True, eq=False)
class Pod:
    """A pod, or the template of one."""

    owner: Object
    path: Path
    body: Mapping[Any, Any]

    @property
    def labels(self) -> Mapping[Any, Any]:
        """Its labels."""
        return mapping(at(self.body, "metadata", "labels"))

    @property
    def annotations(self) -> Mapping[Any, Any]:
        """Its annotations, those of the template alone."""
        return mapping(at(self.body, "metadata", "annotations"))

    @property
    def spec(self) -> Mapping[Any, Any]:
        """Its spec."""
        return mapping(self.body.get("spec"))

    @property
    def runs_to_end(self) -> bool:
        """Whether it is a job's."""
        return self.owner.group == "batch"

    def at(self, *path: str | int) -> Path:
        """Return the path of something in its spec, from the object's root."""
        return (*self.path, "spec", *path)

    def containers(self) -> "Iterator[Container]":
        """Yield its containers, those that run first first."""
        for field in ("initContainers", "containers"):
            for index, body in enumerate(sequence(self.spec.get(field))):
                yield Container(self, self.at(field, index), mapping(body), field == "initContainers")


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """A container of a pod."""

    pod: Pod
    path: Path
    body: Mapping[Any, Any]
    is_init: bool

    @property
    def object(self) -> Object:
        """The object that it stands in."""
        return self.pod.owner

    @property
    def name(self) -> str:
        """Its name."""
        return text(self.body.get("name"))

    @property
    def runs_on(self) -> bool:
        """Whether it runs as long as its pod: a sidecar does, an init container does not."""
        return not self.is_init or self.body.get("restartPolicy") == "Always"

    def security(self, field: str) -> Any:
        """Return a setting of its security context, or else the pod's."""
        own = mapping(self.body.get("securityContext"))
        return own[field] if field in own else at(self.pod.spec, "securityContext", field)

    def secured_at(self, field: str) -> Path:
        """Return where a setting of its security context stands, or where it is missing."""
        own = field in mapping(self.body.get("securityContext"))
        inherited = not own and field in mapping(self.pod.spec.get("securityContext"))
        return self.pod.at("securityContext", field) if inherited else (*self.path, "securityContext", field)


class Objects:
    """A set of objects."""

    def __init__(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        self.all = tuple(Object(place, mapping(body)) for place, body in enumerate(bodies))

    @cached_property
    def pods(self) -> tuple[Pod, ...]:
        """Every pod and pod template."""
        return tuple(pod for one in self.all for pod in one.pods())

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """Every container."""
        return tuple(container for pod in self.pods for container in pod.containers())

    @cached_property
    def _by_kind(self) -> dict[tuple[str, str], list[Object]]:
        found: dict[tuple[str, str], list[Object]] = {}
        for one in self.all:
            found.setdefault((one.group, one.kind), []).append(one)
        return found

    @cached_property
    def _by_name(self) -> dict[tuple[str, str, str, str], Object]:
        return {(one.group, one.kind, one.namespace, one.name): one for one in self.all}

    @cached_property
    def _pods_by_label(self) -> dict[tuple[str, Any, Any], list[Pod]]:
        found: dict[tuple[str, Any, Any], list[Pod]] = {}
        for pod in self.pods:
            for key, value in pod.labels.items():
                if isinstance(value, str):
                    found.setdefault((pod.owner.namespace, key, value), []).append(pod)
        return found

    def of(self, kind: str, group: str = "") -> Sequence[Object]:
        """Return the objects of a kind, in the set's order."""
        return self._by_kind.get((group, kind), [])

    def named(self, kind: str, namespace: str, name: str, group: str = "") -> Object | None:
        """Return the object of a kind and name, or nothing."""
        return self._by_name.get((group, kind, namespace, name))

    def selected(self, namespace: str, selector: Any) -> list[Pod]:
        """Return the pods of a namespace that a label selector selects; an empty selector selects all.

        Pods are looked up by their rarest label, so that a thousand services take no time by the square.
        """
        wanted = mapping(mapping(selector).get("matchLabels"))
        groups = [self._pods_by_label.get((namespace, key, text(value)), []) for key, value in wanted.items()]
        there = min(groups, key=len) if groups else [pod for pod in self.pods if pod.owner.namespace == namespace]
        return [pod for pod in there if matches(selector, pod.labels)]

    def called(self, service: Object) -> list[Pod]:
        """Return the pods behind a Service; one without a selector has none of its own."""
        wanted = mapping(service.spec.get("selector"))
        return self.selected(service.namespace, {"matchLabels": wanted}) if wanted else []

    @cached_property
    def behind_services(self) -> frozenset[Object]:
        """The objects whose pods some Service selects."""
        return frozenset(pod.owner for service in self.of("Service") for pod in self.called(service))

    @cached_property
    def autoscaled(self) -> dict[Object, Object]:
        """By the object that is scaled, its HorizontalPodAutoscaler."""
        found = {}
        for scaler in self.of("HorizontalPodAutoscaler", "autoscaling"):
            target = self.target(scaler)
            if target is not None:
                found[target] = scaler
        return found

    def target(self, scaler: Object) -> Object | None:
        """Return what an autoscaler scales, or nothing when it is not in the set."""
        reference = mapping(scaler.spec.get("scaleTargetRef"))
        group = text(reference.get("apiVersion")).rpartition("/")[0]
        return self.named(text(reference.get("kind")), scaler.namespace, text(reference.get("name")), group)


def matches(selector: Any, labels: Mapping[Any, Any]) -> bool:
    """Return whether a label selector selects labels.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
    """
    if any(labels.get(key) != value for key, value in mapping(mapping(selector).get("matchLabels")).items()):
        return False
    return all(_holds(mapping(one), labels) for one in sequence(mapping(selector).get("matchExpressions")))


def _holds(expression: Mapping[Any, Any], labels: Mapping[Any, Any]) -> bool:
    key, values = text(expression.get("key")), sequence(expression.get("values"))
    held = {
        "In": key in labels and labels[key] in values,
        "NotIn": key not in labels or labels[key] not in values,
        "Exists": key in labels,
        "DoesNotExist": key not in labels,
    }
    return held.get(text(expression.get("operator")), False)
