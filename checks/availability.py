"""Whether a service goes on when a pod, a node or a zone does not."""

from collections.abc import Iterator

from checks.check import Hit, check
from checks.objects import Object, Objects, Pod, at, mapping, matches, number, sequence, text

_SPREAD_KEYS = {"kubernetes.io/hostname", "topology.kubernetes.io/zone", "topology.kubernetes.io/region"}
REPLICATED = (("Deployment", "apps"), ("StatefulSet", "apps"))
"""Kinds that run several equal pods."""


def fewest(there: Objects, workload: Object) -> int:
    """Return the fewest pods that a workload has while nothing is wrong."""
    scaler = there.autoscaled.get(workload)
    given = scaler.spec.get("minReplicas") if scaler is not None else workload.spec.get("replicas")
    found = number(given)
    return 1 if found is None else found


@check(
    "SW6501",
    "kube-score/deployment-replicas",
    "kube-linter/minimum-three-replicas",
    "polaris/deploymentMissingReplicas",
    hint="Set `replicas: 2` or more, or let an autoscaler keep at least two.",
)
def one_pod(there: Objects) -> Iterator[Hit]:
    """Yield Deployments that answer nobody while their only pod moves."""
    for one in there.of("Deployment", "apps"):
        if one in there.behind_services and one not in there.autoscaled and fewest(there, one) < 2:
            yield Hit(one, ("spec", "replicas"), "a Service leads to it, and it has fewer than two pods.")


@check(
    "SW6502",
    "kube-score/deployment-has-host-podantiaffinity",
    "kube-score/statefulset-has-host-podantiaffinity",
    "kube-linter/no-anti-affinity",
    "polaris/topologySpreadConstraint",
    hint="Prefer podAntiAffinity on `kubernetes.io/hostname`, with a labelSelector that selects the pods.",
)
def together(there: Objects) -> Iterator[Hit]:
    """Yield workloads all of whose pods may land on one node."""
    for kind, group in REPLICATED:
        for one in there.of(kind, group):
            pods = list(one.pods()) if one in there.autoscaled or fewest(there, one) > 1 else []
            for pod in pods:
                if not _apart(pod):
                    yield Hit(one, pod.at("affinity"), "nothing keeps its pods from all running on one node.")


@check(
    "SW6503",
    "kube-score/pod-topology-spread-constraints",
    severity="error",
    hint="Add a labelSelector that selects the workload's own pods.",
)
def blind_spread(there: Objects) -> Iterator[Hit]:
    """Yield topology spread constraints that count other pods than their own, or none."""
    for pod in there.pods:
        for index, constraint in enumerate(sequence(pod.spec.get("topologySpreadConstraints"))):
            selector = mapping(mapping(constraint).get("labelSelector"))
            if not selector or not matches(selector, pod.labels):
                path = pod.at("topologySpreadConstraints", index, "labelSelector")
                yield Hit(pod.owner, path, "the constraint does not count the pods that it is to spread.")


@check(
    "SW6504",
    "kube-score/deployment-strategy",
    "kube-linter/no-rolling-update-strategy",
    "kubescape/C-0305",
    hint="Leave the strategy out, or say RollingUpdate.",
)
def interruption(there: Objects) -> Iterator[Hit]:
    """Yield Deployments that end every pod before the next version starts, with no volume that asks for it."""
    for one in there.of("Deployment", "apps"):
        holds = any(_holds_a_claim(pod) for pod in one.pods())
        if at(one.spec, "strategy", "type") == "Recreate" and one in there.behind_services and not holds:
            yield Hit(
                one, ("spec", "strategy", "type"), "a Service leads to it, and every rollout ends all its pods first."
            )


@check(
    "SW6505",
    "kube-score/statefulset-has-servicename",
    severity="error",
    hint="Add a Service with `clusterIP: None` and the same selector, and name it in `serviceName`.",
)
def nameless(there: Objects) -> Iterator[Hit]:
    """Yield StatefulSets whose pods have no names in DNS, because no headless Service gives them one."""
    for one in there.of("StatefulSet", "apps"):
        service = there.named("Service", one.namespace, text(one.spec.get("serviceName")))
        if service is None or service.spec.get("clusterIP") != "None":
            yield Hit(one, ("spec", "serviceName"), "its serviceName names no headless Service of its namespace.")
        elif one not in {pod.owner for pod in there.called(service)}:
            yield Hit(one, ("spec", "serviceName"), f"the Service `{service.name}` does not select its pods.")


def _apart(pod: Pod) -> bool:
    """Return whether pods keep away from others of their kind, by affinity or by spreading."""
    rules = mapping(at(pod.spec, "affinity", "podAntiAffinity"))
    wished = [
        mapping(one).get("podAffinityTerm")
        for one in sequence(rules.get("preferredDuringSchedulingIgnoredDuringExecution"))
    ]
    terms = [*wished, *sequence(rules.get("requiredDuringSchedulingIgnoredDuringExecution"))]
    terms += sequence(pod.spec.get("topologySpreadConstraints"))
    return any(
        text(mapping(term).get("topologyKey")) in _SPREAD_KEYS
        and matches(mapping(term).get("labelSelector"), pod.labels)
        for term in terms
        if mapping(mapping(term).get("labelSelector"))
    )


def _holds_a_claim(pod: Pod) -> bool:
    return any("persistentVolumeClaim" in mapping(volume) for volume in sequence(pod.spec.get("volumes")))


CHECKS = (one_pod, together, blind_spread, interruption, nameless)
