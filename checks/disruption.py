"""Disruption budgets: whether nodes can be drained, and services outlive it."""

from collections.abc import Iterator
from typing import Any

from checks.availability import REPLICATED, fewest
from checks.check import Hit, check
from checks.objects import Object, Objects, mapping, number

_GROUP = "policy"


def _budgets(there: Objects) -> Iterator[Object]:
    yield from there.of("PodDisruptionBudget", _GROUP)


@check(
    "SW6521",
    "kube-score/deployment-has-poddisruptionbudget",
    "kube-score/statefulset-has-poddisruptionbudget",
    "polaris/missingPodDisruptionBudget",
    hint="Add a PodDisruptionBudget with `maxUnavailable: 1` that selects the pods.",
)
def unprotected(there: Objects) -> Iterator[Hit]:
    """Yield workloads of several pods that a drain may end all at once."""
    kept = {
        pod.owner for budget in _budgets(there) for pod in there.selected(budget.namespace, budget.spec.get("selector"))
    }
    for kind, group in REPLICATED:
        for one in there.of(kind, group):
            if one not in kept and fewest(there, one) > 1:
                yield Hit(one, ("spec", "replicas"), "no PodDisruptionBudget selects its pods.")


@check(
    "SW6522",
    "kube-score/poddisruptionbudget-has-policy",
    severity="error",
    hint="Set `maxUnavailable: 1`.",
)
def empty(there: Objects) -> Iterator[Hit]:
    """Yield budgets that say nothing."""
    for budget in _budgets(there):
        if budget.spec.get("minAvailable") is None and budget.spec.get("maxUnavailable") is None:
            yield Hit(budget, ("spec",), "it says neither minAvailable nor maxUnavailable.")


@check(
    "SW6523",
    "kube-linter/pdb-max-unavailable",
    "kube-linter/pdb-min-available",
    "polaris/pdbDisruptionsIsZero",
    "polaris/pdbMinAvailableGreaterThanHPAMinReplicas",
    severity="error",
    hint="Let at least one pod go: `maxUnavailable: 1`.",
)
def stuck(there: Objects) -> Iterator[Hit]:
    """Yield budgets that never let a pod go, so that no node is ever drained."""
    for budget in _budgets(there):
        most, least = budget.spec.get("maxUnavailable"), budget.spec.get("minAvailable")
        if most in (0, "0%"):
            yield Hit(budget, ("spec", "maxUnavailable"), "it never lets a pod go, so its node cannot be drained.")
        for one in {pod.owner for pod in there.selected(budget.namespace, budget.spec.get("selector"))}:
            pods = fewest(there, one)
            if least == "100%" or (pods > 0 and _more(least, pods)):
                message = f"it wants {least} pods at least, and {one.kind} `{one.name}` may have {pods}."
                yield Hit(budget, ("spec", "minAvailable"), message)


@check(
    "SW6524",
    hint="Compare the budget's selector with the labels of the pods.",
)
def idle(there: Objects) -> Iterator[Hit]:
    """Yield budgets that protect nothing."""
    for budget in _budgets(there):
        selector = mapping(budget.spec.get("selector"))
        if not selector or not there.selected(budget.namespace, selector):
            yield Hit(budget, ("spec", "selector"), "the budget selects no pod of its namespace.")


@check(
    "SW6525",
    "kube-linter/pdb-unhealthy-pod-eviction-policy",
    hint="Set `unhealthyPodEvictionPolicy: AlwaysAllow`.",
)
def unhealthy(there: Objects) -> Iterator[Hit]:
    """Yield budgets under which a pod that never becomes ready keeps its node from being drained."""
    for budget in _budgets(there):
        if "unhealthyPodEvictionPolicy" not in budget.spec:
            message = "it does not say that pods which are not ready may go, and Kubernetes keeps them."
            yield Hit(budget, ("spec", "unhealthyPodEvictionPolicy"), message)


def _more(least: Any, pods: int) -> bool:
    found = number(least)
    return found is not None and found >= pods


CHECKS = (unprotected, empty, stuck, idle, unhealthy)
