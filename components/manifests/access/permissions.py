"""Who may call whom: the one source of network policies and of a mesh's authorization policies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from components.manifests.monitoring.monitor import metrics_port
from components.manifests.network.addresses import called_port, route_port
from components.manifests.objects import RUNS_AS, selector, service_pods, short
from schemas.model import Application, Connection, Environment, Inbound, IngressClass, Job, Jwt, Port, Service

OWN_GATEWAY = "istio"
"""The GatewayClass whose proxies Istio runs in the namespace of their Gateway."""

GATEWAY = "gateway.networking.k8s.io/gateway-name"
"""The label by which the pods of a Gateway's proxy are found."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Pods that may call: where they are, by which labels a network knows them, and by which account a mesh does."""

    namespace: str | None
    """Without it: any namespace."""
    pods: Mapping[str, str] | None
    """Their labels. Without it: every pod of the namespace."""
    account: str | None
    """The account they run as; one that ends with `*` stands for all that begin so. Without it: any account."""


@dataclass(frozen=True, slots=True)
class Permission:
    """What some callers may ask of a service."""

    callers: tuple[Caller, ...]
    ports: tuple[Port, ...]
    methods: tuple[str, ...] = ()
    """HTTP methods. Without them: all, and what is not HTTP."""
    paths: tuple[str, ...] = ()
    """Paths, or their beginnings with `*` at the end. Without them: all."""
    jwt: Jwt | None = None
    """The token that requests carry. Without it: none is asked for."""
    is_proven: bool = True
    """Whether callers prove who they are; else the network alone tells them apart."""

    @property
    def is_narrow(self) -> bool:
        """Whether it takes reading HTTP to know what is permitted."""
        return bool(self.methods or self.paths or self.jwt)


Callers = Mapping[str, Sequence[tuple[Service, Connection]]]
"""By service: the services of the application that call it, each with its connection, sorted by name."""


def callers(app: Application) -> Callers:
    """Return who calls whom, found once for all services: looking for each alone takes the square of their number."""
    found: dict[str, list[tuple[Service, Connection]]] = {}
    for caller in sorted(app.services.values(), key=lambda one: one.name):
        for key, connection in sorted(caller.connections.items()):
            if connection.host is None and connection.application is None:
                found.setdefault(connection.service or key, []).append((caller, connection))
    return found


def permissions(app: Application, environment: Environment, service: Service, calling: Callers) -> list[Permission]:
    """Return who may call a service. Whoever is not named may not."""
    own = service.authentication.jwt if service.authentication is not None else None
    inside = [*_of_services(app, service, calling.get(service.name, ())), *_of_applications(app, service)]
    return [
        *(replace(one, jwt=own) for one in inside),
        *(replace(one, jwt=jwt_of(app, service)) for one in _of_the_way_in(app, environment, service)),
        *_of_prometheus(environment, service),
    ]


def jwt_of(app: Application, service: Service) -> Jwt | None:
    """Return the token of who comes in from outside: the service's own, else the ingress'."""
    at_ingress = app.ingress.authentication if app.ingress is not None else None
    authentication = service.authentication or at_ingress
    return authentication.jwt if authentication is not None else None


def account(job: Job) -> str:
    """Return the account that a job runs as.

    It begins with the service's, and a dot, which no service's name has: so whoever lets a service of another
    application in can let in its jobs, whose names it does not know.
    """
    return short(f"{job.service}.{job.name}")


def namespace_of(app: Application, application: str) -> str:
    """Return the namespace of another application in the same environment."""
    return f"{application}-{app.environment}"


def _of_services(
    app: Application, service: Service, calling: Sequence[tuple[Service, Connection]]
) -> Iterator[Permission]:
    """Yield the services of the application that call a service, with their jobs, each with the port it calls."""
    for caller, connection in calling:
        jobs = sorted((job for job in app.jobs.values() if job.service == caller.name), key=lambda one: one.name)
        yield Permission(
            callers=(
                Caller(app.namespace, service_pods(app.name, caller.name), caller.name),
                *(Caller(app.namespace, selector(app, job.name), account(job)) for job in jobs),
            ),
            ports=(called_port(service, connection),),
            methods=tuple(connection.methods or ()),
            paths=tuple(connection.paths or ()),
        )


def _of_applications(app: Application, service: Service) -> Iterator[Permission]:
    """Yield the services of other applications that `access.inbound` lets in, with their jobs.

    A job calls what its service calls, so who lets the service in lets in the pods that run as it.
    """
    for _, caller in sorted((service.access.inbound if service.access else {}).items()):
        namespace, part_of = namespace_of(app, caller.application), {"app.kubernetes.io/part-of": caller.application}
        yield Permission(
            callers=(
                Caller(namespace, service_pods(caller.application, caller.service), caller.service),
                Caller(namespace, {RUNS_AS: caller.service, **part_of}, f"{caller.service}.*"),
            ),
            ports=inbound_ports(service, caller),
            methods=tuple(caller.methods or ()),
            paths=tuple(caller.paths or ()),
        )


def inbound_ports(service: Service, caller: Inbound) -> tuple[Port, ...]:
    """Return the ports that another application's service may call: the one that is said, else all exposed ones."""
    ports = service.exposed_ports
    return tuple(port for name, port in ports.items() if caller.port in (None, name, port.port))


def _of_the_way_in(app: Application, environment: Environment, service: Service) -> Iterator[Permission]:
    """Yield the way from the ingress' proxy to a service that a route leads to."""
    routes = app.ingress.routes.values() if app.ingress else ()
    ports = [route_port(service, route.port) for route in routes if route.service == service.name]
    if ports and environment.ingress is not None:
        unique = {port.container_port: port for port in ports}
        proxy = way_in(app, environment, environment.ingress)
        yield Permission(callers=(proxy,), ports=tuple(unique[number] for number in sorted(unique)))


def _of_prometheus(environment: Environment, service: Service) -> Iterator[Permission]:
    """Yield the way from Prometheus, which need not be in the mesh, to the port of a service's metrics."""
    metrics = service.observability.metrics if service.observability else None
    if environment.monitoring is None or metrics is None:
        return
    port = service.ports[metrics_port(service, metrics)]
    yield Permission(
        callers=(Caller(environment.monitoring.namespace, None, None),),
        ports=(port,),
        is_proven=False,
    )


def way_in(app: Application, environment: Environment, way: IngressClass) -> Caller:
    """Return the ingress' proxy."""
    if has_own_gateway(environment):
        return Caller(app.namespace, {GATEWAY: app.name}, f"{app.name}-{OWN_GATEWAY}")
    if way.from_ is None:
        return Caller(None, None, None)
    return Caller(way.from_.namespace, None, way.from_.service_account)


def has_own_gateway(environment: Environment) -> bool:
    """Return whether Istio runs the proxy of the way in within the application's namespace.

    It does so for a Gateway of its own class, whether or not services are in its mesh, unless the platform says that
    the proxy is elsewhere.
    """
    way = environment.ingress
    return way is not None and (way.kind, way.class_, way.from_) == ("gateway", OWN_GATEWAY, None)
