"""VirtualServices: how Istio's sidecars route, limit and repeat the calls of a service.

Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/
"""

import re
from typing import Any

from components.manifests.network.addresses import service_host
from components.manifests.network.shares import Target, mirror, targets
from components.manifests.objects import Manifest, manifest
from schemas.model import Application, Fault, Port, Retries, Service, Traffic


def virtual_service(app: Application, service: Service) -> Manifest | None:
    """Return the one VirtualService of a service, or nothing when there is nothing to say.

    It has a route for each port that carries HTTP. Where no HTTP tells calls apart, versions share connections out.
    """
    shared = service.traffic.split is not None
    told = policy(service.traffic) or service.traffic.mirror is not None
    ports = [port for port in service.exposed_ports.values() if port.protocol == "TCP"]
    http = [_http(app, service, port) for port in ports if port.carries_http and (shared or told)]
    tcp = [_route(app, service, port) for port in ports if shared and not port.carries_http]
    if not http and not tcp:
        return None
    spec = {
        "hosts": [service_host(app, service.name)],
        **({"http": http} if http else {}),
        **({"tcp": tcp} if tcp else {}),
    }
    return {**manifest("networking.istio.io/v1", "VirtualService", service.name, app, service), "spec": spec}


def _http(app: Application, service: Service, port: Port) -> dict[str, Any]:
    return {**_route(app, service, port), **mirrored(app, mirror(service), port), **policy(service.traffic)}


def mirrored(app: Application, copied: Target | None, port: Port) -> dict[str, Any]:
    """Return where a route sends copies."""
    if copied is None:
        return {}
    destination = {"host": service_host(app, copied.service), "port": {"number": port.port}}
    return {"mirrors": [{"destination": destination, "percentage": {"value": copied.weight}}]}


def _route(app: Application, service: Service, port: Port) -> dict[str, Any]:
    """Return the route of one port: a Service of several ports needs the port's number on both sides."""
    ways = [
        {
            "destination": {"host": service_host(app, one.service), "port": {"number": port.port}},
            **({"weight": one.weight} if one.weight is not None else {}),
        }
        for one in targets(service)
    ]
    return {"match": [{"port": port.port}], "route": ways}


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
