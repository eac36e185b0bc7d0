"""VirtualServices: how Istio's sidecars route, limit and repeat the calls of a service.

Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.manifests.network.addresses import service_host
from components.manifests.objects import Manifest, manifest
from schemas.model import Application, Fault, Port, Retries, Service, Traffic


@dataclass(frozen=True, slots=True)
class Destination:
    """Where calls go, and how many of them."""

    subset: str | None = None
    """A subset of the service's DestinationRule. Without it: all pods."""
    weight: int | None = None
    """In percent of the calls. Without it: all of them."""


def virtual_service(
    app: Application, service: Service, destinations: Sequence[Destination] = (Destination(),)
) -> Manifest | None:
    """Return the one VirtualService of a service, with a route for each port that carries HTTP; nothing without one."""
    ports = [port for port in service.exposed_ports.values() if port.carries_http]
    routes = [route(app, service, port, destinations) for port in ports]
    if not routes or not (policy(service.traffic) or len(destinations) > 1):
        return None
    spec = {"hosts": [service_host(app, service.name)], "http": routes}
    return {**manifest("networking.istio.io/v1", "VirtualService", service.name, app, service), "spec": spec}


def route(app: Application, service: Service, port: Port, destinations: Sequence[Destination]) -> dict[str, Any]:
    """Return the route of one port: a Service of several ports needs the port's number on both sides."""
    host = service_host(app, service.name)
    targets = [
        {
            "destination": {
                "host": host,
                **({"subset": one.subset} if one.subset is not None else {}),
                "port": {"number": port.port},
            },
            **({"weight": one.weight} if one.weight is not None else {}),
        }
        for one in destinations
    ]
    return {"match": [{"port": port.port}], "route": targets, **policy(service.traffic)}


def policy(traffic: Traffic) -> dict[str, Any]:
    """Return what a route says beside where it leads."""
    return {
        **({"fault": _fault(traffic.fault)} if traffic.fault else {}),
        **({"timeout": traffic.timeout} if traffic.timeout else {}),
        **({"retries": _retries(traffic.retries)} if traffic.retries else {}),
    }


def _retries(retries: Retries) -> dict[str, Any]:
    """Return Istio's retries. Without attempts it admits nothing else beside them."""
    if not retries.attempts:
        return {"attempts": 0}
    others = {
        "perTryTimeout": retries.per_try_timeout,
        "retryOn": ",".join(_condition(one) for one in retries.retry_on),
        "retryIgnorePreviousHosts": retries.other_pods,
        "backoff": retries.backoff,
    }
    return {"attempts": retries.attempts, **{key: value for key, value in others.items() if value is not None}}


def _condition(word: str) -> str:
    """Return a condition as Envoy writes it: `connectFailure` is `connect-failure`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", word).lower()


def _fault(fault: Fault) -> dict[str, Any]:
    delay, abort = fault.delay, fault.abort
    return {
        **({"delay": {"fixedDelay": delay.duration, "percentage": {"value": delay.percent}}} if delay else {}),
        **({"abort": {"httpStatus": abort.status, "percentage": {"value": abort.percent}}} if abort else {}),
    }
