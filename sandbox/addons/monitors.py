"""What Prometheus reads, from the objects of a cluster: the prometheus-operator's part, as far as it is simple.

A selector is `matchLabels`; what an object says beyond it, beyond port, path, interval and `jobLabel`, is not done.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Object = dict[str, Any]

_ANNOTATION = "prometheus.io/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The objects that matter."""

    pods: list[Object] = field(default_factory=list)
    services: list[Object] = field(default_factory=list)
    pod_monitors: list[Object] = field(default_factory=list)
    service_monitors: list[Object] = field(default_factory=list)


def targets(cluster: Cluster) -> list[Object]:
    """Return what is read, as Prometheus' HTTP discovery takes it, each target once for each who asks for it.

    Annotations hold for the pods of namespaces without a monitor: whoever writes monitors means them instead.
    """
    running = [pod for pod in cluster.pods if pod["status"].get("phase") == "Running" and pod["status"].get("podIP")]
    found = [target for one in cluster.pod_monitors for target in _of_pod_monitor(one, running)]
    found += [target for one in cluster.service_monitors for target in _of_service_monitor(one, cluster, running)]
    monitored = {one["metadata"]["namespace"] for one in (*cluster.pod_monitors, *cluster.service_monitors)}
    rest = [pod for pod in running if pod["metadata"]["namespace"] not in monitored]
    return found + [target for pod in rest for target in _of_annotations(pod)]


def rules(objects: Iterable[Object]) -> dict[str, Object]:
    """Return the rule files of PrometheusRules, by the name of the file."""
    return {
        f"{one['metadata']['namespace']}.{one['metadata']['name']}.yaml": {"groups": one["spec"].get("groups", [])}
        for one in objects
    }


def _of_pod_monitor(monitor: Object, pods: list[Object]) -> Iterator[Object]:
    spec, metadata = monitor["spec"], monitor["metadata"]
    for pod in _selected(monitor, pods):
        job = _labels(pod).get(spec.get("jobLabel", ""), f"{metadata['namespace']}/{metadata['name']}")
        for endpoint in spec.get("podMetricsEndpoints", []):
            number = _port(pod, endpoint.get("port") or endpoint.get("portNumber"))
            if number is not None:
                yield _target(pod, number, endpoint, {"job": job, "endpoint": str(endpoint.get("port", number))})


def _of_service_monitor(monitor: Object, cluster: Cluster, pods: list[Object]) -> Iterator[Object]:
    spec = monitor["spec"]
    for service in _selected(monitor, cluster.services):
        name, selector = service["metadata"]["name"], service["spec"].get("selector")
        job = _labels(service).get(spec.get("jobLabel", ""), name)
        behind = [pod for pod in pods if selector and _is_in(pod, service) and selector.items() <= _labels(pod).items()]
        for endpoint in spec.get("endpoints", []):
            ports = [port for port in service["spec"].get("ports", []) if port.get("name") == endpoint.get("port")]
            for port in ports:
                for pod in behind:
                    number = _port(pod, port.get("targetPort", port["port"]))
                    if number is not None:
                        labels = {"job": job, "service": name, "endpoint": port["name"]}
                        yield _target(pod, number, endpoint, labels)


def _of_annotations(pod: Object) -> Iterator[Object]:
    said = pod["metadata"].get("annotations", {})
    port = said.get(f"{_ANNOTATION}port", "")
    if said.get(f"{_ANNOTATION}scrape") == "true" and port.isdecimal():
        job = _labels(pod).get("app.kubernetes.io/name") or _labels(pod).get("app", "pods")
        yield _target(pod, int(port), {"path": said.get(f"{_ANNOTATION}path")}, {"job": job})


def _target(pod: Object, port: int, endpoint: Object, labels: dict[str, str]) -> Object:
    metadata = pod["metadata"]
    own = {"namespace": metadata["namespace"], "pod": metadata["name"]}
    asked = {"__metrics_path__": endpoint.get("path"), "__scrape_interval__": endpoint.get("interval")}
    said = {name: value for name, value in asked.items() if value}
    return {"targets": [f"{pod['status']['podIP']}:{port}"], "labels": {**own, **labels, **said}}


def _selected(monitor: Object, objects: list[Object]) -> list[Object]:
    wanted = monitor["spec"].get("selector", {}).get("matchLabels", {})
    places = monitor["spec"].get("namespaceSelector", {})
    names = places.get("matchNames") or [monitor["metadata"]["namespace"]]
    return [
        one
        for one in objects
        if wanted.items() <= _labels(one).items() and (places.get("any") or one["metadata"]["namespace"] in names)
    ]


def _port(pod: Object, port: int | str | None) -> int | None:
    """Return the number of a pod's port, which may be said by the name that a container gives it."""
    if isinstance(port, int):
        return port
    spec = pod["spec"]
    for container in (*spec.get("containers", []), *spec.get("initContainers", [])):
        for one in container.get("ports", []):
            if one.get("name") == port:
                number: int = one["containerPort"]
                return number
    return None


def _labels(one: Object) -> dict[str, str]:
    labels: dict[str, str] = one["metadata"].get("labels", {})
    return labels


def _is_in(pod: Object, service: Object) -> bool:
    return bool(pod["metadata"]["namespace"] == service["metadata"]["namespace"])
