"""What a pod says, in facts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.manifests.objects import Manifest, logical_name
from importers.comparison.leaves import Fact, leaves
from importers.comparison.mounted import mount_facts

_INHERITED = ("runAsUser", "runAsGroup", "runAsNonRoot", "seccompProfile")
"""Settings of the pod that count for each container which says nothing itself."""

_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_REFERENCE = re.compile(r"\$\$|\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)")


def pod_facts(name: str, spec: Mapping[str, Any], objects: Sequence[Manifest]) -> Iterator[tuple[Fact, Any]]:
    """Yield what the pods of a workload say; its own container goes by the workload's name."""
    template = spec["template"]
    pod = template["spec"]
    for part in ("labels", "annotations"):
        for key, value in (template.get("metadata", {}).get(part) or {}).items():
            yield ("pod", part, key), value
    boxes = list(pod.get("containers", ()))
    own = next((box for box in boxes if box["name"] == name), boxes[0] if boxes else None)
    inits = list(pod.get("initContainers", ()))
    numbers = {port.get("name"): port["containerPort"] for box in [*boxes, *inits] for port in box.get("ports") or ()}
    for box in [*boxes, *inits]:
        stays = box in boxes or box.get("restartPolicy") == "Always"
        at: Fact = ("container" if stays else "init", name if box is own else box["name"])
        yield from (((*at, *path), value) for path, value in _box(box, pod, spec, numbers, objects))
        for port in box.get("ports") or ():
            number = f"{port['containerPort']}/{port.get('protocol', 'TCP')}"
            yield ("port", number), True
            if "name" in port:
                yield ("portName", number), port["name"]
    shared = {key: value for key, value in (pod.get("securityContext") or {}).items() if key not in _INHERITED}
    rest = {key: value for key, value in pod.items() if key not in ("containers", "initContainers", "volumes")}
    for path, value in leaves({**rest, "securityContext": shared}):
        yield ("pod", *path), value


def _box(
    box: Mapping[str, Any],
    pod: Mapping[str, Any],
    spec: Mapping[str, Any],
    numbers: Mapping[Any, int],
    objects: Sequence[Manifest],
) -> Iterator[tuple[Fact, Any]]:
    whole = pod.get("securityContext") or {}
    security = {**{key: whole[key] for key in _INHERITED if key in whole}, **(box.get("securityContext") or {})}
    capabilities = security.pop("capabilities", None) or {}
    for verb in ("add", "drop"):
        for one in capabilities.get(verb) or ():
            yield ("securityContext", "capabilities", verb, str(one).upper()), True
    for name, value in _environment(box, objects).items():
        yield ("env", name), value
    for path, value in mount_facts(box, pod, spec, objects):
        yield ("mount", *path), value
    for probe in _PROBES:
        for path, value in leaves(box.get(probe) or {}):
            if path:
                yield (probe, *path), numbers.get(value, value) if path[-1] == "port" else value
    done = ("name", "env", "envFrom", "ports", "volumeMounts", "securityContext", "restartPolicy", *_PROBES)
    for path, value in leaves(
        {**{key: one for key, one in box.items() if key not in done}, "securityContext": security}
    ):
        yield path, value


def _environment(box: Mapping[str, Any], objects: Sequence[Manifest]) -> dict[str, Any]:
    """Return a container's variables: texts with other variables put in, and where the others come from."""
    found: dict[str, Any] = {}
    for entry in box.get("envFrom") or ():
        for field, kind, word in (("configMapRef", "ConfigMap", "config"), ("secretRef", "Secret", "secret")):
            name = (entry.get(field) or {}).get("name")
            for one in objects:
                if name is not None and one["kind"] == kind and one["metadata"]["name"] == name:
                    keys = [*(one.get("data") or {}), *(one.get("stringData") or {})]
                    found |= {f"{entry.get('prefix', '')}{key}": (word, name, key) for key in keys}
    for entry in box.get("env") or ():
        if "valueFrom" in entry:
            found[entry["name"]] = _source(entry["valueFrom"], objects)
        else:
            found[entry["name"]] = _text(str(entry.get("value", "")), found)
    return found


def _source(told: Mapping[str, Any], objects: Sequence[Manifest]) -> Any:
    if "secretKeyRef" in told:
        return "secret", told["secretKeyRef"]["name"], told["secretKeyRef"]["key"]
    if "configMapKeyRef" in told:
        return "config", config(told["configMapKeyRef"]["name"], objects), told["configMapKeyRef"]["key"]
    return tuple(f"{key}: {value}" for key, value in sorted(told.items()))


def config(name: str, objects: Sequence[Manifest]) -> str:
    """Return a ConfigMap's name without the hash that it may carry."""
    return next(
        (logical_name(one) for one in objects if one["kind"] == "ConfigMap" and one["metadata"]["name"] == name), name
    )


def _text(text: str, earlier: Mapping[str, Any]) -> str:
    """Return a text as the kubelet would compose it; what it can't know stands as where it comes from."""

    def put(match: re.Match[str]) -> str:
        if match.group(1) is None:
            return "$"
        value = earlier.get(match.group(1), match.group(0))
        return value if isinstance(value, str) else f"<{' '.join(map(str, value))}>"

    return _REFERENCE.sub(put, text)
