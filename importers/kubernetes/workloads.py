"""Deployments and StatefulSets, with their Services: a service of the spec."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from importers.draft import Draft, named, unique
from importers.kubernetes.containers import container
from importers.kubernetes.security import pod_security, side_security
from importers.kubernetes.services import Ports, bookkept, service_rest
from importers.kubernetes.variables import Sources
from importers.kubernetes.volumes import Claims, Mounts, mounts
from importers.rest import Rest
from schemas.problems import Origin

OWN_LABELS = {
    "app",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/name",
    "app.kubernetes.io/part-of",
    "owner",
    "stackwright.dev/environment",
    "stackwright.dev/runs-as",
    "stackwright.dev/service",
    "version",
}
"""Labels that every object gets anyway, with values of our own."""


@dataclass(slots=True)
class _Pod:
    """A pod while it is taken apart."""

    draft: Draft
    sources: Sources
    ports: Ports
    mounted: Mounts
    spec: dict[str, Any]
    """The service so far."""
    rest: dict[str, Any] = field(default_factory=dict)
    """What of the pod has no field, as a strategic merge."""

    def without_field(self, kind: str, name: str, left: Mapping[str, Any]) -> None:
        """Keep what of a container has no field."""
        if left:
            self.rest.setdefault(kind, []).append({"name": name, **left})


def workload(draft: Draft, source: Rest, services: Sequence[Rest], sources: Sources, claims: Mapping[str, Rest]) -> str:
    """Add a Deployment or StatefulSet to the draft as a service; return its name there.

    `services` are the Services that select its pods; the first lends the service its name, for callers use that.
    """
    kind, origin = str(source.take("kind")), source.origin
    metadata, spec = source.inner("metadata"), source.inner("spec")
    given = str(metadata.take("name", "imported"))
    key = unique(named(_name(services[0]) if services else given), draft.services)
    if key != given:
        draft.renamed(origin, given, key)
    template = spec.inner("template")
    pod_meta, pod = template.inner("metadata"), template.inner("spec")
    boxes, inits = pod.items("containers"), pod.items("initContainers")
    main, *sides = sorted(boxes, key=lambda box: box.look("name") != given)
    ports = Ports(draft, [*boxes, *inits])
    for service in services[:1]:
        service_rest(draft, key, Rest(service.node), ports)
    templates = {_name(one): one for one in spec.items("volumeClaimTemplates")}
    places = {str(box.look("name")): box.items("volumeMounts") for box in [*boxes, *inits]}
    mounted = mounts(draft, pod, str(main.look("name")), places, sources, Claims(dict(claims), templates))
    own = container(draft, main, sources, ports.asked)
    taken = _Pod(draft, sources, ports, mounted, dict(own.spec))
    taken.spec["labels"] = _labels(draft, key, metadata, pod_meta)
    taken.spec["annotations"] = bookkept(pod_meta.take("annotations", {}))
    taken.spec |= pod_security(draft, pod, main, taken.rest)
    _sides(taken, sides, inits)
    ports.finish()
    taken.spec |= {"type": _type(kind, ports), "ports": ports.spec, "volumes": mounted.volumes, "files": mounted.files}
    taken.spec |= {**_placement(pod), **_running(kind, spec, pod, main)}
    if kind == "Deployment" and any("claim" in one for one in mounted.volumes.values()):
        _alone(taken, origin)
    moved = {"volumeMounts": mounted.rest_mounts[own.name]} if own.name in mounted.rest_mounts else {}
    taken.without_field("containers", key, {**own.rest, **taken.rest.pop("_main", {}), **main.left(), **moved})
    _pod_rest(taken, pod)
    _object_rest(taken, kind, key, metadata, spec)
    draft.services[key] = {name: value for name, value in taken.spec.items() if value not in ({}, [], None)}
    _others(draft, key, services[1:])
    return key


def _name(source: Rest) -> str:
    return str(Rest(source.node).inner("metadata").take("name", ""))


def _type(kind: str, ports: Ports) -> str | None:
    if kind == "StatefulSet":
        return "stateful"
    return None if any(port.get("expose", True) for port in ports.spec.values()) else "worker"


def _labels(draft: Draft, key: str, metadata: Rest, pod_meta: Rest) -> dict[str, str]:
    """Return the labels that the pods keep. What Stackwright sets itself is told where it had another value."""
    origin = metadata.origin
    both = {**metadata.take("labels", {}), **pod_meta.take("labels", {})}
    for label in sorted(OWN_LABELS & set(both)):
        ours = key if label in ("app", "app.kubernetes.io/instance", "app.kubernetes.io/name") else None
        if str(both[label]) != ours:
            draft.note(origin, "SW7013", f"the label `{label}` gets a value of Stackwright's own, not `{both[label]}`.")
    return {str(name): str(value) for name, value in sorted(both.items()) if name not in OWN_LABELS}


def _sides(taken: _Pod, sides: Sequence[Rest], inits: Sequence[Rest]) -> None:
    """Add the containers beside the service's own, each as a sidecar or an init container."""
    draft, found = taken.draft, taken.spec
    for box in [*sides, *inits]:
        beside = box in sides or box.look("restartPolicy") == "Always"
        box.drop("restartPolicy")
        one = container(draft, box, taken.sources, taken.ports.asked if beside else None)
        name = named(one.name)
        spec = {**one.spec, "mounts": taken.mounted.sides.get(one.name, {})}
        kind = "sidecars" if beside else "initContainers"
        found.setdefault(kind, {})[name] = {key: value for key, value in spec.items() if value not in ({}, [])}
        if box in sides:
            message = f"the container `{one.name}` becomes a sidecar: it starts before the service and stops after it."
            draft.note(one.origin, "SW7014", message)
        left = {**one.rest, **side_security(draft, box, found.get("security", {})), **box.left()}
        if one.name in taken.mounted.rest_mounts:
            left["volumeMounts"] = taken.mounted.rest_mounts[one.name]
        taken.without_field("initContainers", name, left)
    order = list(found.get("initContainers", {}))
    if order != sorted(order):
        message = "init containers run in the order of their names: rename them, for that is another order."
        draft.note(inits[0].origin, "SW7015", message)


def _placement(pod: Rest) -> dict[str, Any]:
    selector = {str(key): str(value) for key, value in pod.take("nodeSelector", {}).items()}
    tolerations = pod.take("tolerations", [])
    found = {
        **({"nodeSelector": selector} if selector else {}),
        **({"tolerations": tolerations} if tolerations else {}),
    }
    return {"placement": found} if found else {}


def _running(kind: str, spec: Rest, pod: Rest, main: Rest) -> dict[str, Any]:
    """Return how many pods there are, how a new version takes over, and how a pod ends."""
    found: dict[str, Any] = {}
    replicas = spec.take("replicas", 1)
    found["replicas"] = replicas
    rollout: dict[str, Any] = {}
    if kind == "StatefulSet":
        spec.drop("serviceName")
        spec.ignore(podManagementPolicy="OrderedReady", updateStrategy={"type": "RollingUpdate"})
    else:
        strategy = spec.inner("strategy")
        if strategy.take("type", "RollingUpdate") == "Recreate":
            rollout["strategy"] = "recreate"
        rolling = strategy.inner("rollingUpdate")
        rollout |= {key: value for key in ("maxSurge", "maxUnavailable") if (value := rolling.take(key)) is not None}
    if (ready := spec.take("minReadySeconds")) is not None:
        rollout["minReadySeconds"] = ready
    if (deadline := spec.take("progressDeadlineSeconds")) is not None:
        rollout["progressDeadline"] = f"{deadline}s"
    spec.drop("selector")
    shutdown: dict[str, Any] = {}
    if (grace := pod.take("terminationGracePeriodSeconds")) is not None:
        shutdown["graceSeconds"] = grace
    if main.look("lifecycle", {}).get("preStop"):
        # The patch brings the source's own; two ways to wait in one container are refused.
        shutdown["drainSeconds"] = 0
    return found | ({"rollout": rollout} if rollout else {}) | ({"shutdown": shutdown} if shutdown else {})


def _alone(taken: _Pod, origin: Origin) -> None:
    """Let the old pod end before the new one starts: both would want the claim."""
    if taken.spec.get("rollout", {}).get("strategy") != "recreate":
        message = "the old pod ends before the new one starts, because both would want the claim."
        taken.draft.note(origin, "SW7017", message)
    kept = taken.spec.get("rollout", {})
    taken.spec["rollout"] = {"strategy": "recreate", **{k: v for k, v in kept.items() if k == "minReadySeconds"}}


def _pod_rest(taken: _Pod, pod: Rest) -> None:
    """Put together what of the pod the language has no field for; what may not be is noted."""
    draft = taken.draft
    account = pod.take("serviceAccountName", pod.take("serviceAccount"))
    if account not in (None, "default"):
        message = f"pods run as an account of the service's own, and not as `{account}`."
        draft.note(pod.origin, "SW7016", message, f"Give what `{account}` may do to the service's account.")
    pod.drop("serviceAccount")
    pod.ignore(restartPolicy="Always", dnsPolicy="ClusterFirst", schedulerName="default-scheduler")
    pod.ignore(enableServiceLinks=(True, False), securityContext={})
    for key in ("hostNetwork", "hostPID", "hostIPC", "hostUsers"):
        if pod.look(key):
            draft.refused(pod.at(key), f"`{key}` is not imported: Pod Security `restricted` does not admit it.")
        pod.drop(key)
    taken.rest |= pod.left()
    if taken.mounted.rest_volumes:
        taken.rest["volumes"] = taken.mounted.rest_volumes


def _object_rest(taken: _Pod, kind: str, key: str, metadata: Rest, spec: Rest) -> None:
    annotations = bookkept(metadata.take("annotations", {}))
    inner = {**spec.left(), **({"template": {"spec": taken.rest}} if taken.rest else {})}
    body = {
        **({"metadata": {"annotations": annotations}} if annotations else {}),
        **({"spec": inner} if inner else {}),
    }
    if body:
        taken.draft.patch(kind, key, body, spec.origin, "own")


def _others(draft: Draft, key: str, services: Sequence[Rest]) -> None:
    """Keep the Services beside the first: they select the same pods by the labels that those keep."""
    for service in services:
        name = _name(service)
        body = extra_body(service)
        draft.keep(name, body, service.origin, f"another Service of `{key}`")


def extra_body(source: Rest) -> dict[str, Any]:
    """Return an object as an extra one: without its namespace, and without what the cluster writes."""
    whole = Rest(source.node)
    whole.drop("status")
    metadata = whole.inner("metadata")
    metadata.drop("namespace", "creationTimestamp", "uid", "resourceVersion", "generation", "managedFields", "selfLink")
    kept = metadata.left()
    if "annotations" in kept:
        kept["annotations"] = bookkept(kept["annotations"])
    return {**{key: whole.take(key) for key in ("apiVersion", "kind")}, "metadata": kept, **whole.left()}
