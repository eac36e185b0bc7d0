"""What autoscalers need of the platform: somebody who measures, and somebody who scales by it."""

import re
from collections.abc import Iterator

from schemas.platform.monitoring import OPERATOR, SELECTED, nobody_counts
from schemas.platform.needs import NOT_INSTALLED, Lack, Need, either, installed, is_installed
from schemas.problems import Path, nearest_or_all
from schemas.text.document import Node, at, descend


def _nowhere_to_ask(_spec: Node, _path: Path, entry: Node) -> Lack | None:
    """Say that KEDA does not know where to ask; an adapter knows it from whoever installed it."""
    if descend(entry, ("monitoring", "address")) is not None or _by_adapter(entry):
        return None
    return Lack("the platform does not say where Prometheus answers")


def _nobody_counts_for_scaling(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say that nobody counts the requests by which a service is to be scaled."""
    return nobody_counts(spec, (*path[:2], "observability", "objectives"), entry)


def _no_such_metric(_spec: Node, path: Path, entry: Node) -> Lack | None:
    there_are = entry.entries["metrics"].entries if "metrics" in entry.entries else {}
    name = str(path[-1])
    if name in there_are:
        return None
    return Lack(f"the platform has no metric `{name}`", nearest_or_all(name, there_are, "There is"))


def _cannot_be_asked(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say that a label of a metric does not fit into the selector with which an autoscaler asks an adapter."""
    asked = descend(spec, (*path, "where"))
    for label, value in asked.entries.items() if asked is not None and _by_adapter(entry) else ():
        if not (_LABEL.fullmatch(label) and _LABEL.fullmatch(str(value.value) or "empty")):
            return Lack(f"`{label}` or its value is no label of Kubernetes, by which prometheus-adapter is asked")
    return None


def _nobody_takes_the_last(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say that one pod stays: Kubernetes' own autoscaler takes no last one away, whatever it is told."""
    scaling = at(spec, *map(str, path[:-1]))
    wakes = {*scaling.entries, *at(scaling, "targets").entries} & {*_BY_REQUESTS, "metrics", "schedules", "plan"}
    if scaling.entries["min"].value != 0 or not wakes or is_installed(entry, "keda"):
        return None
    return Lack("doing without a pod needs keda, which is not installed")


def _by_adapter(entry: Node) -> bool:
    """Return whether Kubernetes' own autoscaler scales by what Prometheus knows: KEDA would come first."""
    return is_installed(entry, "prometheus-adapter") and not is_installed(entry, "keda")


def _no_tolerance(_spec: Node, _path: Path, entry: Node) -> Lack | None:
    """Say that the tolerance of an autoscaler cannot be said: it is on by default since Kubernetes 1.35."""
    version = descend(entry, ("versions", "kubernetes"))
    is_old = version is not None and version.value == "1.34"
    return Lack("Kubernetes 1.34 has one tolerance for all") if is_old else None


_BY_USE = ("cpuPercent", "memoryPercent")
_BY_REQUESTS = ("requestsPerSecondPerReplica", "concurrentRequestsPerReplica")
_LABEL = re.compile(r"(?=.{1,63}$)[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
"""A name of a label of Kubernetes, and a value that is not empty.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
"""
_KEDA = installed("keda")
_ADAPTER: Path = ("installed", "prometheus-adapter")
_RECORDED = "Have the platform name a series in which this is chosen already."
_MEASURED = either("keda", "prometheus-adapter")
_ASKED = ("SW5811", _nowhere_to_ask, ("monitoring",), "Say there `monitoring: {address: http://…}`.")
_COUNTED = ("SW5810", _nobody_counts_for_scaling, ("mesh",), "Say `observability.metrics.convention`.")


def _of(scaling: Path) -> Iterator[Need]:
    """Yield the needs of the autoscalers at a path."""
    targets = (*scaling, "targets")
    for use in _BY_USE:
        yield Need((*targets, use), *installed("metrics-server"), "Say `replicas` there.")
    for requests in _BY_REQUESTS:
        for need in (_MEASURED, OPERATOR, SELECTED, _ASKED, _COUNTED):
            yield Need((*targets, requests), *need)
    yield Need((*targets, "metrics"), *_MEASURED)
    yield Need((*targets, "metrics"), *_ASKED)
    yield Need((*targets, "metrics", "*"), "SW5812", _no_such_metric, ("metrics",))
    yield Need((*targets, "metrics", "*"), "SW5815", _cannot_be_asked, _ADAPTER, _RECORDED, ("where",))
    yield Need((*scaling, "schedules"), *_KEDA)
    yield Need((*scaling, "plan"), *_MEASURED)
    yield Need((*scaling, "min"), NOT_INSTALLED, _nobody_takes_the_last, ("installed", "keda"), "Say `min: 1`.")
    yield Need((*scaling, "fallbackReplicas"), *_KEDA)
    yield Need((*scaling, "behavior", "*", "tolerancePercent"), "SW5813", _no_tolerance, ("versions", "kubernetes"))


NEEDS: tuple[Need, ...] = (*_of(("services", "*", "scaling")), *_of(("services", "*", "versions", "*", "scaling")))
"""What the autoscalers of services and of their versions need."""
