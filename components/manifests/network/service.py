"""Services: the stable address of a service's pods."""

from collections.abc import Mapping
from typing import Any

from components.manifests.network.addresses import headless_name as headless_name_of
from components.manifests.objects import Manifest, manifest, selector
from schemas.model import Application, Port, Service

_DISTRIBUTION = {"zone": "PreferSameZone", "node": "PreferSameNode"}


def services(app: Application, service: Service, picking: Mapping[str, Any]) -> list[Manifest]:
    """Return the Service, and for a stateful service the headless one that gives every replica its own name.

    `picking` are the fields of the Service that say how a pod is picked.
    """
    if not service.exposed_ports:
        return [headless(app, service)] if service.type == "stateful" else []
    main = {
        **manifest("v1", "Service", service.name, app, service),
        "spec": {**_spec(app, service), **_near(service), **picking},
    }
    return [main, headless(app, service)] if service.type == "stateful" else [main]


def pods_of(app: Application, service: Service, selected: Mapping[str, str]) -> Manifest | None:
    """Return the headless Service of the ports at which callers choose a pod themselves, or nothing without one.

    `selected` are the labels of the pods among which they choose.
    """
    ports = {name: port for name, port in service.exposed_ports.items() if port.headless}
    if not ports:
        return None
    named = [{**_port(name, port), "port": port.container_port} for name, port in ports.items()]
    spec = {"clusterIP": "None", "selector": dict(selected), "ports": named}
    return {**manifest("v1", "Service", headless_name_of(service.name), app, service), "spec": spec}


def headless(app: Application, service: Service) -> Manifest:
    """Return the headless Service of a stateful service.

    Replicas find each other before they are ready, so their names are published at once.
    Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
    """
    spec = {**_spec(app, service), "clusterIP": "None", "publishNotReadyAddresses": True}
    return {**manifest("v1", "Service", headless_name(service), app, service), "spec": spec}


def headless_name(service: Service) -> str:
    """Return the name of the headless Service."""
    return f"{service.name}-replicas"


def _near(service: Service) -> dict[str, str]:
    """Return what keeps calls near their caller; Istio heeds it too.

    Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution
    """
    preferred = service.traffic.locality.prefer if service.traffic.locality else None
    return {"trafficDistribution": _DISTRIBUTION[preferred]} if preferred else {}


def _spec(app: Application, service: Service) -> dict[str, Any]:
    ports = [_port(name, port) for name, port in service.exposed_ports.items()]
    return {"selector": selector(app, service.name), **({"ports": ports} if ports else {})}


def _port(name: str, port: Port) -> dict[str, Any]:
    return {
        "name": name,
        "port": port.port,
        "targetPort": name,
        "protocol": port.protocol,
        **({"appProtocol": port.app_protocol} if port.app_protocol else {}),
    }
