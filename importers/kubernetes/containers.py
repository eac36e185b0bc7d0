"""Containers of a pod: image, command, variables, resources and probes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from importers.draft import Draft
from importers.kubernetes.variables import Sources, environment
from importers.rest import Rest
from schemas.problems import Origin

_QUANTITY = re.compile(r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$")
_RESOURCES = ("cpu", "memory", "ephemeral-storage")
_TIMES = (
    "initialDelaySeconds",
    "periodSeconds",
    "timeoutSeconds",
    "failureThreshold",
    "successThreshold",
)
_PROBES = {"startupProbe": "startup", "readinessProbe": "readiness", "livenessProbe": "liveness"}

PortName = Callable[[int | str], str | int]
"""From a container's port, by name or number, to what the spec calls it."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container in the language, and the fields of it that the language has no words for."""

    name: str
    spec: dict[str, Any]
    rest: dict[str, Any]
    origin: Origin


def container(draft: Draft, source: Rest, sources: Sources, port: PortName | None) -> Container:
    """Return a container; `port` names what its probes ask, and a container without probes has none."""
    spec: dict[str, Any] = {"image": image(str(source.take("image", "")))}
    for key in ("command", "args"):
        if words := source.take(key):
            spec[key] = [str(word) for word in words]
    env, rest_env = environment(draft, source, sources)
    if env:
        spec["env"] = env
    resources, rest_resources = _resources(source.take("resources", {}))
    if resources:
        spec["resources"] = resources
    if port is not None:
        probes, rest_probes = _probes(source, port)
        if probes:
            spec["probes"] = probes
    else:
        rest_probes = {}
    source.ignore(
        terminationMessagePath="/dev/termination-log",
        terminationMessagePolicy="File",
        imagePullPolicy=("Always", "IfNotPresent"),
    )
    name = str(source.take("name", ""))
    rest = {
        **({"env": rest_env} if rest_env else {}),
        **({"resources": rest_resources} if rest_resources else {}),
        **rest_probes,
    }
    return Container(name, spec, rest, source.origin)


def image(reference: str) -> str:
    """Return an image as Kubernetes reads it: without a tag or a digest it is the latest."""
    last = reference.rpartition("/")[2]
    return reference if "@" in last or ":" in last or not reference else f"{reference}:latest"


def _resources(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return requests and limits, and those of kinds that the language does not have.

    Kubernetes takes a limit for the request where there is none.
    """
    asked = {key: str(value) for key, value in (given.get("requests") or {}).items()}
    most = {key: str(value) for key, value in (given.get("limits") or {}).items()}
    asked = {**{key: value for key, value in most.items() if key in _RESOURCES}, **asked}
    found: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name, values in (("requests", asked), ("limits", most)):
        for key in sorted(values):
            fits = key in _RESOURCES and _QUANTITY.match(values[key])
            (found if fits else rest).setdefault(name, {})[key] = values[key]
    return found, rest


def _probes(source: Rest, port: PortName) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a container's probes, and the parts of them that the language does not have."""
    found: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for field, name in _PROBES.items():
        if source.look(field) is None:
            continue
        probe = source.inner(field)
        found[name], beside = _probe(probe, port)
        if left := {**beside, **probe.left()}:
            rest[field] = left
    return found, rest


def _probe(probe: Rest, port: PortName) -> tuple[dict[str, Any], dict[str, Any]]:
    check: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    if probe.look("httpGet") is not None:
        http = probe.inner("httpGet")
        path = str(http.take("path", "/"))
        check["httpGet"] = {"path": path if path.startswith("/") else f"/{path}", "port": port(http.take("port"))}
        if (scheme := http.take("scheme", "HTTP")) != "HTTP":
            check["httpGet"]["scheme"] = scheme
        rest = {"httpGet": http.left()} if http.left() else {}
    elif probe.look("tcpSocket") is not None:
        check["tcpSocket"] = {"port": port(probe.inner("tcpSocket").take("port"))}
    elif probe.look("exec") is not None:
        check["exec"] = {"command": [str(word) for word in probe.inner("exec").take("command", [])]}
    elif probe.look("grpc") is not None:
        grpc = probe.inner("grpc")
        check["grpc"] = {"port": port(grpc.take("port"))}
        if service := grpc.take("service"):
            check["grpc"]["service"] = service
    for key in _TIMES:
        if (value := probe.take(key)) is not None:
            check[key] = value
    return check, rest
