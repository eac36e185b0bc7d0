"""What Kubernetes objects say, whatever way they say it: facts that two sets of objects can be compared by.

A port is a pod's, whichever container declares it; a mount is what stands at its path; a selector is what it selects;
an image without a tag is the latest. So a fact that one set has and another has not is a difference of meaning.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from components.manifests.objects import Manifest, logical_name
from importers.comparison.leaves import Fact, leaves
from importers.comparison.pods import pod_facts
from importers.kubernetes.containers import image

Facts = dict[Fact, Any]

WORKLOADS = ("Deployment", "StatefulSet")
_IDENTITY = ("apiVersion", "kind", "metadata", "status")


def facts(objects: Sequence[Manifest]) -> Facts:
    """Return everything that objects say, by path."""
    found: Facts = {}
    pods = {one["metadata"]["name"]: one["spec"]["template"] for one in objects if one["kind"] in WORKLOADS}
    for one in objects:
        name = logical_name(one)
        if one["kind"] in WORKLOADS:
            found |= _workload(one, objects)
        elif one["kind"] == "Service":
            found |= _service(one, pods)
        elif one["kind"] == "ConfigMap":
            found |= {("config", name, "data", key): value for key, value in (one.get("data") or {}).items()}
        elif one["kind"] == "Secret":
            keys = [*(one.get("data") or {}), *(one.get("stringData") or {})]
            found |= {("secret", name, "key", key): True for key in keys}
        else:
            body = {key: value for key, value in one.items() if key not in _IDENTITY}
            found |= {(one["kind"], name, *path): value for path, value in leaves(body)}
            found.setdefault((one["kind"], name), True)
        if one["kind"] not in WORKLOADS:
            prefix: Fact = (one["kind"].lower() if one["kind"] == "Service" else one["kind"], name)
            found |= _metadata(one, prefix)
    return found


def _metadata(one: Manifest, prefix: Fact) -> Facts:
    metadata = one["metadata"]
    return {
        (*prefix, part, key): value
        for part in ("labels", "annotations")
        for key, value in (metadata.get(part) or {}).items()
    }


def _workload(one: Manifest, objects: Sequence[Manifest]) -> Facts:
    name, spec = one["metadata"]["name"], one["spec"]
    prefix: Fact = ("workload", name)
    rest = {key: value for key, value in spec.items() if key not in ("template", "selector", "volumeClaimTemplates")}
    labels = spec["template"].get("metadata", {}).get("labels") or {}
    wanted = (spec.get("selector") or {}).get("matchLabels") or {}
    found: Facts = {
        (*prefix, "kind"): one["kind"],
        (*prefix, "selects its pods"): all(labels.get(key) == value for key, value in wanted.items()),
    }
    found |= {(*prefix, "spec", *path): value for path, value in leaves(rest)}
    found |= {(*prefix, "object", *path[2:]): value for path, value in _metadata(one, prefix).items()}
    for path, value in pod_facts(name, spec, objects):
        found[(*prefix, *path)] = image(value) if path[-1] == "image" else value
    return found


def _service(one: Manifest, pods: Mapping[str, Any]) -> Facts:
    """Return what a Service says: its ports with the number they lead to, and the workloads that it selects."""
    spec, prefix = one["spec"], ("service", one["metadata"]["name"])
    selector = spec.get("selector") or {}
    selected = [
        name
        for name, pod in pods.items()
        if selector
        and all((pod.get("metadata", {}).get("labels") or {}).get(key) == value for key, value in selector.items())
    ]
    found: Facts = {(*prefix, "selects"): tuple(sorted(selected))}
    for port in spec.get("ports") or ():
        protocol = port.get("protocol", "TCP")
        at = (*prefix, "port", f"{port['port']}/{protocol}")
        target = _number(port.get("targetPort", port["port"]), [pods[name] for name in selected])
        found[(*at, "targetPort")] = target
        found |= {(*at, key): value for key, value in port.items() if key not in ("port", "protocol", "targetPort")}
    rest = {key: value for key, value in spec.items() if key not in ("selector", "ports")}
    return found | {(*prefix, "spec", *path): value for path, value in leaves(rest)}


def _number(reference: int | str, pods: Sequence[Any]) -> int | str:
    """Return the number of a port that a Service leads to."""
    if not isinstance(reference, str):
        return reference
    for pod in pods:
        for box in (*pod["spec"].get("containers", ()), *pod["spec"].get("initContainers", ())):
            for port in box.get("ports") or ():
                if port.get("name") == reference:
                    number: int = port["containerPort"]
                    return number
    return reference
