"""Autoscalers and disruption budgets: fields of the service that they are about."""

from typing import Any

from importers.draft import Draft
from importers.kubernetes.workloads import extra_body
from importers.rest import Rest

_TARGETS = {"cpu": "cpuPercent", "memory": "memoryPercent"}


def autoscaler(draft: Draft, source: Rest, key: str) -> None:
    """Make a HorizontalPodAutoscaler the `scaling` of its service, if that can say what it does."""
    whole = Rest(source.node)
    spec = whole.inner("spec")
    spec.drop("scaleTargetRef")
    targets: dict[str, Any] = {}
    if (percent := spec.take("targetCPUUtilizationPercentage")) is not None:
        targets["cpuPercent"] = percent
    others = []
    for metric in spec.items("metrics"):
        told = metric.look("resource") or metric.look("containerResource") or {}
        aim = told.get("target") or {}
        percent = aim.get("averageUtilization")
        if told.get("name") in _TARGETS and aim.get("type") == "Utilization" and percent is not None:
            targets[_TARGETS[told["name"]]] = percent
        else:
            others.append(metric)
    if not targets:
        draft.keep(f"{key}-autoscaler", extra_body(source), source.origin, "an autoscaler by other metrics")
        message = "the autoscaler owns the number of pods, and so does the Deployment."
        draft.note(source.origin, "SW7025", message, f"Patch `/spec/replicas` of `{key}` away.")
        return
    for metric in others:
        draft.note(metric.origin, "SW7025", "only CPU and memory in percent of the request have a field.")
    least = spec.take("minReplicas", 1)
    scaling = {"min": least, "max": spec.take("maxReplicas", least), "targets": targets}
    if behavior := spec.take("behavior"):
        scaling["behavior"] = behavior
    draft.services[key].pop("replicas", None)
    draft.services[key]["scaling"] = scaling


def budget(draft: Draft, source: Rest, key: str) -> None:
    """Make a PodDisruptionBudget the `disruption` of its service."""
    spec = Rest(source.node).inner("spec")
    found = {name: value for name in ("maxUnavailable", "minAvailable") if (value := spec.take(name)) is not None}
    spec.drop("selector")
    spec.ignore(unhealthyPodEvictionPolicy="AlwaysAllow")
    if found:
        draft.services[key]["disruption"] = found
    if left := spec.left():
        draft.patch("PodDisruptionBudget", key, {"spec": left}, source.origin, "own")
