"""Probes: how Kubernetes learns whether a container takes requests and lives.

That every container has a liveness probe, as checkov's CKV_K8S_8 and Polaris want, is no demand here: only the
application knows when a restart helps.
"""

from collections.abc import Iterator
from typing import Any

from checks.check import Hit, check
from checks.objects import Container, Objects, mapping, sequence

_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_HANDLERS = ("httpGet", "tcpSocket", "exec", "grpc")


@check(
    "SW6331",
    "kube-score/pod-probes",
    "CKV_K8S_9",
    "kube-linter/no-readiness-probe",
    "polaris/readinessProbeMissing",
    "kubescape/C-0018",
    hint="Add a readinessProbe, if only one that the port accepts connections.",
)
def readiness(there: Objects) -> Iterator[Hit]:
    """Yield pods that a Service sends requests to before they listen."""
    for pod in there.pods:
        asked = pod.runs_to_end or any("readinessProbe" in one.body for one in pod.containers())
        if pod.owner in there.behind_services and not asked:
            message = "a Service selects the pod, and no readinessProbe says when it can take requests."
            yield Hit(pod.owner, pod.at("containers"), message)


@check(
    "SW6332",
    "kube-score/pod-probes-identical",
    hint="Let liveness ask something that no dependency can fail, or leave it out.",
)
def identical(there: Objects) -> Iterator[Hit]:
    """Yield liveness probes that restart what should only wait."""
    for one in there.containers:
        ready, lives = (mapping(one.body.get(name)) for name in ("readinessProbe", "livenessProbe"))
        asked = _asked(ready)
        if asked and asked == _asked(lives):
            message = f"the liveness of the container `{one.name}` asks the same as its readiness."
            yield Hit(one.object, (*one.path, "livenessProbe"), message)


@check(
    "SW6333",
    "kube-linter/liveness-port",
    "kube-linter/readiness-port",
    "kube-linter/startup-port",
    severity="error",
    hint="Name a port of the same container.",
)
def ports(there: Objects) -> Iterator[Hit]:
    """Yield probes of ports that the container does not name; they fail for ever."""
    for one in there.containers:
        named = set(_port_names(one))
        for probe in _PROBES:
            for handler in ("httpGet", "tcpSocket"):
                port = mapping(mapping(one.body.get(probe)).get(handler)).get("port")
                if isinstance(port, str) and not port.isdigit() and port not in named:
                    message = f"the probe asks the port `{port}`, and the container `{one.name}` has none of that name."
                    yield Hit(one.object, (*one.path, probe, handler, "port"), message)


@check(
    "SW6334",
    "kube-score/container-ports-check",
    severity="error",
    hint="Give every port a name of its own, of at most 15 lower-case letters, digits and dashes.",
)
def port_names(there: Objects) -> Iterator[Hit]:
    """Yield port names that two ports of a container share, so that only one of them can be meant."""
    for one in there.containers:
        names = list(_port_names(one))
        for index, name in enumerate(names):
            if name and name in names[:index]:
                message = f"two ports of the container `{one.name}` are called `{name}`."
                yield Hit(one.object, (*one.path, "ports", index, "name"), message)


def _asked(probe: Any) -> dict[str, Any]:
    return {handler: probe[handler] for handler in _HANDLERS if handler in probe}


def _port_names(one: Container) -> Iterator[str]:
    for port in sequence(one.body.get("ports")):
        name = mapping(port).get("name")
        yield name if isinstance(name, str) else ""


CHECKS = (readiness, identical, ports, port_names)
