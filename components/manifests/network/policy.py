"""Network policies: nothing may talk but what the connections say."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.manifests.monitoring.reading import from_prometheus
from components.manifests.network.addresses import called_port
from components.manifests.objects import RUNS_AS, Manifest, manifest, selector
from schemas.model import Application, Connection, Environment, Job, Port, Service

_NAMESPACE = "kubernetes.io/metadata.name"


def default_policies(app: Application) -> list[Manifest]:
    """Return the policy that denies everything in the namespace, and the one that lets every pod ask DNS.

    Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies
    """
    deny = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    dns = {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [
            {
                "to": [
                    {
                        "namespaceSelector": {"matchLabels": {_NAMESPACE: "kube-system"}},
                        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                    }
                ],
                # Some clusters' DNS listens on another port behind its Service, so the pods are named and no port is.
            }
        ],
    }
    return [
        {**_policy("default-deny", app), "spec": deny},
        {**_policy("allow-dns", app), "spec": dns},
    ]


Callers = Mapping[str, Sequence[tuple[Service, Connection]]]
"""By service: the services of the application that call it, each with its connection, sorted by name."""


def callers(app: Application) -> Callers:
    """Return who calls whom, found once for all services: looking for each alone takes the square of their number."""
    found: dict[str, list[tuple[Service, Connection]]] = {}
    for caller in sorted(app.services.values(), key=lambda one: one.name):
        for key, connection in sorted(caller.connections.items()):
            if _is_local(connection):
                found.setdefault(connection.service or key, []).append((caller, connection))
    return found


def service_policy(app: Application, environment: Environment, service: Service, calling: Callers) -> Manifest:
    """Return who may call a service, and whom it may call."""
    spec = {
        "podSelector": {"matchLabels": selector(app, service.name)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [
            *_from_callers(app, service, calling.get(service.name, ())),
            *_from_applications(app, service),
            *_from_outside(app, environment, service),
            *from_prometheus(environment, service),
        ],
        "egress": _egress(app, service),
    }
    return {**_policy(service.name, app, service), "spec": spec}


def job_policy(app: Application, job: Job) -> Manifest:
    """Return whom a job may call: the same as the service that it runs as. Nobody calls a job."""
    spec = {
        "podSelector": {"matchLabels": selector(app, job.name)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [],
        "egress": _egress(app, app.services[job.service]),
    }
    return {**_policy(job.name, app), "spec": spec}


def _policy(name: str, app: Application, service: Service | None = None) -> Manifest:
    return manifest("networking.k8s.io/v1", "NetworkPolicy", name, app, service)


def _from_callers(
    app: Application, service: Service, calling: Sequence[tuple[Service, Connection]]
) -> list[dict[str, Any]]:
    """Return the services and jobs of the application that call a service, each with the port it calls."""
    rules = []
    for caller, connection in calling:
        names = [caller.name, *sorted(job.name for job in app.jobs.values() if job.service == caller.name)]
        peers = [{"podSelector": {"matchLabels": selector(app, name)}} for name in names]
        rules.append({"from": peers, "ports": [_port(called_port(service, connection))]})
    return rules


def _from_applications(app: Application, service: Service) -> list[dict[str, Any]]:
    """Return the services of other applications that `access.inbound` lets in, with their jobs, to every exposed port.

    A job calls what its service calls, so who lets the service in lets in the pods that run as it.
    """
    inbound = service.access.inbound if service.access else {}
    ports = [_port(port) for port in service.exposed_ports.values()]
    return [
        {
            "from": [
                {
                    "namespaceSelector": {"matchLabels": {_NAMESPACE: f"{caller.application}-{app.environment}"}},
                    "podSelector": {
                        "matchLabels": {label: caller.service, "app.kubernetes.io/part-of": caller.application}
                    },
                }
                for label in ("app.kubernetes.io/name", RUNS_AS)
            ],
            "ports": ports,
        }
        for _, caller in sorted(inbound.items())
    ]


def _from_outside(app: Application, environment: Environment, service: Service) -> list[dict[str, Any]]:
    """Return the way from the ingress' proxy to a service that a route leads to."""
    routes = app.ingress.routes.values() if app.ingress else ()
    ports = [route_port(service, route.port) for route in routes if route.service == service.name]
    if not ports or environment.ingress is None:
        return []
    source = environment.ingress.from_
    match = {"matchLabels": {_NAMESPACE: source.namespace}} if source else {}
    unique = {port.container_port: _port(port) for port in ports}
    return [{"from": [{"namespaceSelector": match}], "ports": [unique[number] for number in sorted(unique)]}]


def route_port(service: Service, reference: int | str | None) -> Port:
    """Return the port of a service that a route leads to."""
    ports = service.exposed_ports
    if isinstance(reference, str):
        return ports[reference]
    return next(port for port in ports.values() if reference in (None, port.port))


def _egress(app: Application, service: Service) -> list[dict[str, Any]]:
    rules = []
    for key, connection in sorted(service.connections.items()):
        name = connection.service or key
        if connection.host is not None:
            # A policy knows addresses, not host names, so the way out is open to the port.
            anywhere = {"ipBlock": {"cidr": "0.0.0.0/0"}}
            rules.append({"to": [anywhere], "ports": [{"port": connection.port, "protocol": "TCP"}]})
        elif connection.application is not None:
            peer = {
                "namespaceSelector": {"matchLabels": {_NAMESPACE: f"{connection.application}-{app.environment}"}},
                "podSelector": {
                    "matchLabels": {
                        "app.kubernetes.io/name": name,
                        "app.kubernetes.io/part-of": connection.application,
                    }
                },
            }
            # Which port its pods listen on is the other application's business.
            rules.append({"to": [peer]})
        else:
            peer = {"podSelector": {"matchLabels": selector(app, name)}}
            rules.append({"to": [peer], "ports": [_port(called_port(app.services[name], connection))]})
    return rules


def _is_local(connection: Connection) -> bool:
    return connection.host is None and connection.application is None


def _port(port: Port) -> dict[str, Any]:
    """Return a policy's port: that of the pod, because policies see packets after the Service's translation."""
    return {"port": port.container_port, "protocol": port.protocol}
