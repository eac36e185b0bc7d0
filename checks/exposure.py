"""How pods are reached: Services, Ingresses and routes that lead somewhere."""

from collections.abc import Iterator
from typing import Any

from checks.check import Hit, check
from checks.objects import Container, Object, Objects, Pod, at, mapping, sequence, text
from schemas.problems import Path

_GATEWAY = "gateway.networking.k8s.io"
_ROUTES = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")


@check(
    "SW6411",
    "kube-score/service-type",
    "kube-linter/exposed-services",
    hint="Leave the type out, and let an Ingress or a Gateway lead to the Service.",
)
def node_port(there: Objects) -> Iterator[Hit]:
    """Yield Services that open a port on every node."""
    for service in there.of("Service"):
        if service.spec.get("type") == "NodePort":
            message = "NodePort opens a port of every node, which policies do not close and which has no TLS."
            yield Hit(service, ("spec", "type"), message)


@check(
    "SW6412",
    "polaris/tlsSettingsMissing",
    hint="Name the host under `tls`, with a Secret that holds its certificate.",
)
def plain_text(there: Objects) -> Iterator[Hit]:
    """Yield hosts of an Ingress that answer without TLS."""
    for ingress in there.of("Ingress", "networking.k8s.io"):
        entries = sequence(ingress.spec.get("tls"))
        safe = {text(host) for entry in entries for host in sequence(mapping(entry).get("hosts"))}
        for index, rule in enumerate(sequence(ingress.spec.get("rules"))):
            host = text(mapping(rule).get("host"))
            wildcard = f"*.{host.partition('.')[2]}"
            if not entries or (host and host not in safe and wildcard not in safe):
                message = f"the host `{host or '*'}` is served without TLS."
                yield Hit(ingress, ("spec", "rules", index, "host"), message)


@check(
    "SW6413",
    "kube-score/service-targets-pod",
    "kube-linter/dangling-service",
    severity="error",
    hint="Compare the Service's selector with the labels of the pods.",
)
def idle_service(there: Objects) -> Iterator[Hit]:
    """Yield Services that select no pod, so that every call fails."""
    for service in there.of("Service"):
        if mapping(service.spec.get("selector")) and not there.called(service):
            yield Hit(service, ("spec", "selector"), "the Service selects no pod of its namespace.")


@check(
    "SW6414",
    severity="error",
    hint="Name a port of the pods' containers, or its number.",
)
def target_ports(there: Objects) -> Iterator[Hit]:
    """Yield ports of Services whose name no selected pod has."""
    for service in there.of("Service"):
        pods = there.called(service)
        for index, port in enumerate(sequence(service.spec.get("ports"))):
            target = mapping(port).get("targetPort")
            if not isinstance(target, str) or target.isdigit():
                continue
            for pod in pods:
                if target not in _port_names(pod):
                    message = (
                        f"the Service leads to the port `{target}`, and {pod.owner.kind} `{pod.owner.name}` has none."
                    )
                    yield Hit(service, ("spec", "ports", index, "targetPort"), message)


@check(
    "SW6415",
    "kube-score/ingress-targets-service",
    "kube-linter/dangling-ingress",
    severity="error",
    hint="Name a Service of the same namespace, and one of its ports.",
)
def backends(there: Objects) -> Iterator[Hit]:
    """Yield ways in that lead to a Service or a port that is not there."""
    for ingress in there.of("Ingress", "networking.k8s.io"):
        for path, backend in _ingress_backends(ingress):
            name, port = text(at(backend, "service", "name")), mapping(at(backend, "service", "port"))
            if name:
                yield from _dangling(there, ingress, path, name, port.get("name") or port.get("number"))
    for kind in _ROUTES:
        for route in there.of(kind, _GATEWAY):
            for rule_at, rule in enumerate(sequence(route.spec.get("rules"))):
                for index, backend in enumerate(sequence(mapping(rule).get("backendRefs"))):
                    one = mapping(backend)
                    local = one.get("namespace") in (None, route.namespace)
                    if local and one.get("kind", "Service") == "Service" and not one.get("group"):
                        at_backend = ("spec", "rules", rule_at, "backendRefs", index)
                        yield from _dangling(there, route, at_backend, text(one.get("name")), one.get("port"))


def _dangling(there: Objects, one: Object, path: Path, name: str, port: Any) -> Iterator[Hit]:
    service = there.named("Service", one.namespace, name)
    if service is None:
        yield Hit(one, path, f"it leads to the Service `{name}`, which is not there.")
        return
    ports = [mapping(each) for each in sequence(service.spec.get("ports"))]
    if port is not None and port not in [each.get("name" if isinstance(port, str) else "port") for each in ports]:
        yield Hit(one, path, f"it leads to the port {port} of the Service `{name}`, which has no such port.")


def _ingress_backends(ingress: Object) -> Iterator[tuple[Path, Any]]:
    if "defaultBackend" in ingress.spec:
        yield ("spec", "defaultBackend"), ingress.spec["defaultBackend"]
    for rule_at, rule in enumerate(sequence(ingress.spec.get("rules"))):
        for index, path in enumerate(sequence(at(rule, "http", "paths"))):
            yield ("spec", "rules", rule_at, "http", "paths", index, "backend"), mapping(path).get("backend")


def _port_names(pod: Pod) -> set[str]:
    return {text(mapping(port).get("name")) for one in pod.containers() for port in _ports(one)}


def _ports(one: Container) -> list[Any]:
    return list(sequence(one.body.get("ports"))) if one.runs_on else []


CHECKS = (node_port, plain_text, idle_service, target_ports, backends)
