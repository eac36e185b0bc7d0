"""Network policies: whether every pod has one in both directions."""

from collections.abc import Iterator

from checks.check import Hit, check
from checks.objects import Object, Objects, Pod, mapping, sequence

_GROUP = "networking.k8s.io"


@check(
    "SW6401",
    "kube-score/pod-networkpolicy",
    "CKV2_K8S_6",
    "kube-linter/non-isolated-pod",
    "polaris/missingNetworkPolicy",
    "kubescape/C-0260",
    hint="Add a NetworkPolicy that selects the pod and has both policyTypes.",
)
def isolation(there: Objects) -> Iterator[Hit]:
    """Yield pods that anybody may call, or that may call anybody."""
    closed: dict[str, set[tuple[Object, tuple[str | int, ...]]]] = {"Ingress": set(), "Egress": set()}
    for policy in there.of("NetworkPolicy", _GROUP):
        for pod in there.selected(policy.namespace, policy.spec.get("podSelector")):
            for direction in _directions(policy):
                closed[direction].add((pod.owner, pod.path))
    for pod in there.pods:
        if pod.spec.get("hostNetwork") is True:
            continue  # No policy reaches it, which SW6208 says.
        for direction, what in (("Ingress", "may call the pod"), ("Egress", "may be called by the pod")):
            if (pod.owner, pod.path) not in closed[direction]:
                yield Hit(pod.owner, _labels(pod), f"no NetworkPolicy for {direction} selects it, so anybody {what}.")


@check(
    "SW6402",
    "kube-score/networkpolicy-targets-pod",
    hint="Compare podSelector with the labels of the pods.",
)
def idle_policy(there: Objects) -> Iterator[Hit]:
    """Yield policies that select no pod: what they were to keep closed is open."""
    for policy in there.of("NetworkPolicy", _GROUP):
        selector = mapping(policy.spec.get("podSelector"))
        if selector and not there.selected(policy.namespace, selector):
            yield Hit(policy, ("spec", "podSelector"), "the policy selects no pod of its namespace.")


def _directions(policy: Object) -> list[str]:
    """Return what a policy closes; Kubernetes reads a missing `policyTypes` from the rules.

    Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource
    """
    said = [one for one in sequence(policy.spec.get("policyTypes")) if one in ("Ingress", "Egress")]
    return said or ["Ingress", *(["Egress"] if policy.spec.get("egress") else [])]


def _labels(pod: Pod) -> tuple[str | int, ...]:
    return (*pod.path, "metadata", "labels")


CHECKS = (isolation, idle_policy)
