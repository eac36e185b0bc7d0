"""What autoscalers need of the platform: somebody who measures, and somebody who scales by it."""

from collections.abc import Iterator

from schemas.platform.monitoring import OPERATOR, SELECTED, nobody_counts
from schemas.platform.needs import Lack, Need, installed
from schemas.problems import Path, nearest_or_all
from schemas.text.document import Node, descend


def _nowhere_to_ask(_spec: Node, _path: Path, entry: Node) -> Lack | None:
    if descend(entry, ("monitoring", "address")) is not None:
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


def _no_tolerance(_spec: Node, _path: Path, entry: Node) -> Lack | None:
    """Say that the tolerance of an autoscaler cannot be said: it is on by default since Kubernetes 1.35."""
    version = descend(entry, ("versions", "kubernetes"))
    is_old = version is not None and version.value == "1.34"
    return Lack("Kubernetes 1.34 has one tolerance for all") if is_old else None


_BY_USE = ("cpuPercent", "memoryPercent")
_BY_REQUESTS = ("requestsPerSecondPerReplica", "concurrentRequestsPerReplica")
_KEDA = installed("keda")
_ASKED = ("SW5811", _nowhere_to_ask, ("monitoring",), "Say there `monitoring: {address: http://…}`.")
_COUNTED = ("SW5810", _nobody_counts_for_scaling, ("mesh",), "Say `observability.metrics.convention`.")


def _of(scaling: Path) -> Iterator[Need]:
    """Yield the needs of the autoscalers at a path."""
    targets = (*scaling, "targets")
    for use in _BY_USE:
        yield Need((*targets, use), *installed("metrics-server"), "Say `replicas` there.")
    for requests in _BY_REQUESTS:
        for need in (_KEDA, OPERATOR, SELECTED, _ASKED, _COUNTED):
            yield Need((*targets, requests), *need)
    yield Need((*targets, "metrics"), *_KEDA)
    yield Need((*targets, "metrics"), *_ASKED)
    yield Need((*targets, "metrics", "*"), "SW5812", _no_such_metric, ("metrics",))
    yield Need((*scaling, "schedules"), *_KEDA)
    yield Need((*scaling, "behavior", "*", "tolerancePercent"), "SW5813", _no_tolerance, ("versions", "kubernetes"))


NEEDS: tuple[Need, ...] = (*_of(("services", "*", "scaling")), *_of(("services", "*", "versions", "*", "scaling")))
"""What the autoscalers of services and of their versions need."""
