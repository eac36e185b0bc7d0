"""The documented list of what a rendered application has that its source had not, or has otherwise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Default:
    """One entry: which facts it is about, and why they differ."""

    ways: tuple[str, ...]
    facts: tuple[str, ...]
    """Patterns of facts, their parts joined by `|`; `*` stands for anything."""
    why: str
    rendered: tuple[object, ...] | None = None
    """The only values that it explains, or nothing when it explains all."""

    def explains(self, way: str, fact: Sequence[str], old: object, new: object) -> bool:  # noqa: ARG002 - all of a difference
        """Return whether a difference is this default."""
        if way not in self.ways or (self.rendered is not None and new not in self.rendered):
            return False
        return any(fnmatchcase("|".join(fact), pattern) for pattern in self.facts)


_OWN = (
    "app",
    "app.kubernetes.io/*",
    "owner",
    "stackwright.dev/environment",
    "stackwright.dev/runs-as",
    "stackwright.dev/service",
    "version",
)
_BOX = "workload|*|container|*"
_ANY = ("workload|*|container|*", "workload|*|init|*")


def _boxes(*paths: str) -> tuple[str, ...]:
    """Return facts of every container of a pod."""
    return tuple(f"{box}|{path}" for box in _ANY for path in paths)


def _added(why: str, *facts: str, rendered: tuple[object, ...] | None = None) -> Default:
    return Default(("added",), facts, why, rendered)


DEFAULTS: tuple[Default, ...] = (
    Default(("added", "lost"), ("Namespace|*",), "Each environment has a namespace of its own, with Pod Security."),
    _added(
        "Every object says what it is, whose, and of which application; Stackwright's selectors use these labels.",
        *(f"{place}|{label}" for place in ("service|*|labels", "workload|*|object|labels") for label in _OWN),
        *(f"workload|*|pod|labels|{label}" for label in _OWN),
    ),
    Default(
        ("changed",),
        (
            *(f"{place}|{label}" for place in ("service|*|labels", "workload|*|object|labels") for label in _OWN),
            *(f"workload|*|pod|labels|{label}" for label in _OWN),
        ),
        "A label that Stackwright sets itself has its value; import notes it.",
    ),
    _added("A service's labels stand on all its objects.", "service|*|labels|*", "workload|*|object|labels|*"),
    _added(
        "A workload's labels stand on its pods.",
        "workload|*|pod|labels|*",
    ),
    _added("Nothing may talk but what the spec says; `open-network` keeps it open as it was.", "NetworkPolicy|*"),
    _added("A service runs as an account of its own, without a token.", "ServiceAccount|*"),
    Default(
        ("added", "changed"),
        ("workload|*|pod|serviceAccountName", "workload|*|pod|automountServiceAccountToken"),
        "A service runs as an account of its own, without a token.",
    ),
    _added("Several pods are not drained at once.", "PodDisruptionBudget|*"),
    _added(
        "Settings that Pod Security `restricted` asks for, and a user above those of a host.",
        *_boxes(
            "securityContext|capabilities|drop|ALL",
            "securityContext|runAsGroup",
            "securityContext|runAsNonRoot",
            "securityContext|runAsUser",
            "securityContext|seccompProfile|type",
        ),
        "workload|*|pod|securityContext|fsGroup",
        "workload|*|pod|securityContext|fsGroupChangePolicy",
        rendered=(True, 10001, "RuntimeDefault", "OnRootMismatch"),
    ),
    _added(
        "Settings that Pod Security `restricted` asks for.",
        *_boxes("securityContext|allowPrivilegeEscalation", "securityContext|privileged"),
        rendered=(False,),
    ),
    Default(
        ("added",), _boxes("securityContext|runAsGroup"), "A group above those of a host, unless the source says one."
    ),
    _added(
        "Kubernetes' own default, said aloud.", *_boxes("securityContext|readOnlyRootFilesystem"), rendered=(False,)
    ),
    Default(
        ("lost",),
        _boxes("securityContext|capabilities|add|*"),
        "Pod Security `restricted` admits no capability but `NET_BIND_SERVICE`; import notes each.",
    ),
    Default(
        ("lost",),
        (*_boxes("securityContext", "resources"), "workload|*|pod|securityContext"),
        "An empty mapping says nothing.",
    ),
    _added(
        "Requests and limits that the source lacks; import keeps those that it has.",
        *_boxes("resources|requests|*", "resources|limits|*"),
    ),
    _added("The registry says whether the node may use the image.", *_boxes("imagePullPolicy"), rendered=("Always",)),
    Default(("changed",), _boxes("imagePullPolicy"), "The registry says whether the node may use the image."),
    _added("Callers learn of a pod's end before it stops listening.", f"{_BOX}|lifecycle|preStop|sleep|seconds"),
    _added(
        "A check's times that Kubernetes would fill in; a second is too short for a busy node.",
        *(
            f"{_BOX}|{probe}|{time}"
            for probe in ("readinessProbe", "livenessProbe")
            for time in ("periodSeconds", "timeoutSeconds", "failureThreshold")
        ),
    ),
    _added("A container has started when it is first ready, which may take its time.", f"{_BOX}|startupProbe|*"),
    _added("Without a check, a container is ready when its first port listens.", f"{_BOX}|readinessProbe|*"),
    _added("`/tmp` can be written although the rest of the file system cannot.", f"{_BOX}|mount|/tmp|*"),
    _added("A folder that fills up ends its own pod, not the node.", *_boxes("mount|*|emptyDir|sizeLimit")),
    _added("Files can be read and not written.", *_boxes("mount|*|readOnly", "mount|*|mode")),
    _added(
        "Ports have names, so that Services and policies follow when a number changes.",
        "workload|*|portName|*",
        "service|*|port|*|name",
    ),
    _added("Kubernetes' own default, said aloud.", "service|*|port|*|protocol", rendered=("TCP",)),
    _added("A Service's port is a port of the pod.", "workload|*|port|*"),
    _added(
        "A service may listen on ports below 1024 without a right for it.", "workload|*|pod|securityContext|sysctls|*"
    ),
    _added(
        "Service links would bring variables that nobody declared.",
        "workload|*|pod|enableServiceLinks",
        rendered=(False,),
    ),
    _added(
        "Pods keep apart, over zones and hosts.",
        "workload|*|pod|affinity|*",
        "workload|*|pod|topologySpreadConstraints|*",
    ),
    _added("Kubernetes' own default, said aloud.", "workload|*|pod|terminationGracePeriodSeconds", rendered=(30,)),
    _added(
        "The old version serves until the new one is ready, and a rollout that stands still fails.",
        "workload|*|spec|strategy|*",
        "workload|*|spec|minReadySeconds",
        "workload|*|spec|progressDeadlineSeconds",
        "workload|*|spec|revisionHistoryLimit",
        "workload|*|spec|updateStrategy|*",
        "workload|*|spec|podManagementPolicy",
        "workload|*|spec|persistentVolumeClaimRetentionPolicy|*",
    ),
    _added(
        "What the spec has decided is told to checkers, with the reason.",
        "workload|*|object|annotations|checkov.io/*",
        "workload|*|object|annotations|kube-score/*",
        "workload|*|object|annotations|polaris.fairwinds.com/*",
        "workload|*|object|annotations|stackwright.dev/*",
        "workload|*|object|annotations|ignore-check.kube-linter.io/*",
        "service|*|annotations|kube-score/*",
        "service|*|annotations|stackwright.dev/*",
        "service|*|annotations|checkov.io/*",
    ),
)


def table() -> Iterator[str]:
    """Yield the list as the rows of a table, for the documentation."""
    for one in DEFAULTS:
        places = ", ".join(f"`{pattern.replace('|', ' / ')}`" for pattern in one.facts)
        values = "" if one.rendered is None else " (" + ", ".join(f"`{value}`" for value in one.rendered) + ")"
        yield f"| {' or '.join(one.ways)} | {places}{values} | {one.why} |"
