"""How far the rollout of one service has come: read from the cluster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lightkube import ApiError, Client
from lightkube.models.core_v1 import PodCondition
from lightkube.models.meta_v1 import ObjectMeta, OwnerReference
from lightkube.resources.apps_v1 import Deployment, ReplicaSet, StatefulSet
from lightkube.resources.core_v1 import Event, Pod

from live.findings import Finding, findings

_LOG_LINES = 8
_EVENTS = 4
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PodState:
    """A pod of the new version that does not serve."""

    name: str
    node: str | None
    findings: tuple[Finding, ...]
    events: tuple[str, ...]
    """The last warnings, oldest first."""
    log: tuple[str, ...]
    """The last lines of the container behind the first finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """One service in the cluster."""

    exists: bool
    wanted: int = 0
    ready: int = 0
    """Pods of the new version that serve."""
    previous: int = 0
    """Pods of an older version that serve."""
    refused: str | None = None
    """Why Kubernetes makes no pods, in its own words."""
    stuck: tuple[PodState, ...] = ()
    starting: int = 0
    """Pods of the new version that are not ready and have no trouble that can be seen."""

    @property
    def done(self) -> bool:
        """Whether all that is wanted serves, and nothing of an older version."""
        return self.exists and self.ready >= self.wanted and not self.previous and not self.stuck


@dataclass(frozen=True, slots=True, kw_only=True)
class Workloads:
    """What runs pods in a namespace, read at once: a call for each service would take a hundred times as long."""

    namespace: str
    workloads: dict[tuple[bool, str], Deployment | StatefulSet]
    """By whether it is a StatefulSet, and name."""
    replica_sets: list[ReplicaSet]
    pods: list[Pod]


def read_workloads(client: Client, namespace: str) -> Workloads:
    """Return what runs pods in a namespace.

    Raises:
        ApiError: the cluster refuses to say.

    """
    workloads: dict[tuple[bool, str], Deployment | StatefulSet] = {}
    for deployment in client.list(Deployment, namespace=namespace):
        workloads[False, _name(deployment.metadata)] = deployment
    for stateful in client.list(StatefulSet, namespace=namespace):
        workloads[True, _name(stateful.metadata)] = stateful
    return Workloads(
        namespace=namespace,
        workloads=workloads,
        replica_sets=list(client.list(ReplicaSet, namespace=namespace)),
        pods=list(client.list(Pod, namespace=namespace)),
    )


def rollout(client: Client, there: Workloads, name: str, *, stateful: bool) -> Rollout:
    """Return how far the rollout of a service has come.

    Raises:
        ApiError: the cluster refuses to say.

    """
    workload = there.workloads.get((stateful, name))
    if workload is None or workload.spec is None:
        return Rollout(exists=False)
    selector = (workload.spec.selector.matchLabels or {}).items()
    pods = [pod for pod in there.pods if selector <= ((pod.metadata and pod.metadata.labels) or {}).items()]
    current = _current(there, workload)
    new = [pod for pod in pods if current is not None and _revision(pod) == current]
    away = [pod for pod in new if not _serves(pod, workload.spec.minReadySeconds or 0) and not _ending(pod)]
    states = [_state(client, there.namespace, pod) for pod in away]
    stuck = tuple(state for state in states if state.findings)
    return Rollout(
        exists=True,
        wanted=1 if workload.spec.replicas is None else workload.spec.replicas,
        ready=sum(_ready(pod) for pod in new if pod not in away),
        previous=sum(_ready(pod) for pod in pods if pod not in new),
        refused=_refused(workload),
        stuck=stuck,
        starting=len(states) - len(stuck),
    )


def _current(there: Workloads, workload: Deployment | StatefulSet) -> str | None:
    """Return the label by which pods of the newest version are known."""
    if isinstance(workload, StatefulSet):
        return workload.status.updateRevision if workload.status else None
    newest = max((one for one in there.replica_sets if _owned(one, workload)), key=_number, default=None)
    labels = newest.metadata.labels if newest and newest.metadata else None
    return (labels or {}).get("pod-template-hash")


def _owned(one: ReplicaSet, workload: Deployment) -> bool:
    owners: Sequence[OwnerReference] = (one.metadata.ownerReferences if one.metadata else None) or ()
    uid = workload.metadata.uid if workload.metadata else None
    return any(owner.uid == uid for owner in owners)


def _name(metadata: ObjectMeta | None) -> str:
    return (metadata.name if metadata else None) or ""


def _number(one: ReplicaSet) -> int:
    annotations = (one.metadata.annotations if one.metadata else None) or {}
    return int(annotations.get("deployment.kubernetes.io/revision", "0"))


def _revision(pod: Pod) -> str | None:
    labels = (pod.metadata.labels if pod.metadata else None) or {}
    return labels.get("pod-template-hash") or labels.get("controller-revision-hash")


def _ready(pod: Pod) -> bool:
    return _readiness(pod) is not None and not _ending(pod)


def _readiness(pod: Pod) -> PodCondition | None:
    conditions = (pod.status.conditions if pod.status else None) or ()
    return next((one for one in conditions if one.type == "Ready" and one.status == "True"), None)


def _serves(pod: Pod, seconds: int) -> bool:
    """Return whether a pod is ready, and has been for so long if it had to be started again.

    One that crashes in a circle is ready for a moment each time, and looked at then it would pass for one that serves.
    """
    readiness = _readiness(pod)
    restarts = sum(one.restartCount for one in (pod.status.containerStatuses if pod.status else None) or ())
    if readiness is None or not restarts or readiness.lastTransitionTime is None:
        return readiness is not None
    return datetime.now(UTC) - readiness.lastTransitionTime >= timedelta(seconds=seconds)


def _ending(pod: Pod) -> bool:
    return bool(pod.metadata and pod.metadata.deletionTimestamp)


def _refused(workload: Deployment | StatefulSet) -> str | None:
    """Return why no pods are made: a quota, or an admission rule."""
    for condition in (workload.status.conditions if workload.status else None) or ():
        if condition.type == "ReplicaFailure" and condition.status == "True":
            return condition.message
    return None


def _state(client: Client, namespace: str, pod: Pod) -> PodState:
    name = _name(pod.metadata)
    events = _events(client, namespace, name)
    found = tuple(findings(pod, events))
    warnings = [event for event in events if event.type == "Warning"]
    ran = next((one.container for one in found if one.has_run), None)
    return PodState(
        name=name,
        node=pod.spec.nodeName if pod.spec else None,
        findings=found,
        events=tuple(f"{event.reason}: {' '.join((event.message or '').split())}" for event in warnings[-_EVENTS:]),
        log=tuple(_log(client, namespace, name, ran)) if ran else (),
    )


def _events(client: Client, namespace: str, pod: str) -> list[Event]:
    """Return the events of a pod, oldest first."""
    fields = {"involvedObject.kind": "Pod", "involvedObject.name": pod}
    return sorted(client.list(Event, namespace=namespace, fields=dict(fields)), key=_time)


def _time(event: Event) -> datetime:
    return event.lastTimestamp or event.eventTime or event.metadata.creationTimestamp or _LONG_AGO


def _log(client: Client, namespace: str, pod: str, container: str) -> list[str]:
    """Return the last lines of a container; none when its node does not answer."""
    try:
        return list(client.log(pod, namespace=namespace, container=container, tail_lines=_LOG_LINES, newlines=False))
    except ApiError:
        return []
