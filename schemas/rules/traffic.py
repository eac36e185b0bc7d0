"""Traffic: what is asked of calls must be safe, have an effect, and fit together."""

import re
from collections.abc import Iterator

from schemas.model import Connection, Retries, Service, Traffic
from schemas.problems import Path, Problem, listed
from schemas.rules.access import callee
from schemas.spec import Spec
from schemas.values.quantity import exact_seconds

_UNBEGUN = ("connectFailure", "refusedStream", "unavailable", "cancelled")
"""What Istio tries again by itself: failures after which no pod is thought to have begun an answer."""

_OF_REQUESTS: tuple[tuple[str, ...], ...] = (
    ("timeout",),
    ("retries",),
    ("fault",),
    ("circuitBreaker", "maxPendingRequests"),
    ("circuitBreaker", "maxRequests"),
    ("circuitBreaker", "ejection", "errorCodes"),
    ("loadBalancing", "consistentHash", "header"),
    ("loadBalancing", "consistentHash", "cookie"),
    ("loadBalancing", "consistentHash", "queryParameter"),
)
"""What is said of requests, and so of nothing where no request can be told from another."""

_ONE_CONNECTION = ("grpc", "kubernetes.io/h2c")
"""What carries many calls at once over one connection."""

_TELLING = re.compile(r"(?:grpc|grpc-web|http|http2|https|mongo|mysql|redis|tcp|tls|udp)(?:-|$)")
"""Names of ports that say what is spoken.

Source: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
"""

_ALL = 100
"""Percent."""

_BESIDE_ATTEMPTS = ("perTryTimeout", "retryOn", "idempotent", "backoff", "budgetPercent", "otherPods")


def check(spec: Spec) -> Iterator[Problem]:
    """Yield wishes that are unsafe, that change nothing, or that exclude each other."""
    for name, service in spec.application.services.items():
        path: Path = ("services", name, "traffic")
        yield from _nobody_calls(spec, service, path)
        for rule in (_retries, _balancing, _ejection, _fault, _ending):
            yield from rule(spec, service, path)
    if spec.environment.mesh is None:
        yield from _pinned(spec)
    elif spec.environment.mesh.kind.startswith("istio-"):
        yield from _guessed(spec)
    yield from _sooner(spec)


def _nobody_calls(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield traffic of services without ports, and wishes about requests where there are none."""
    if not service.exposed_ports:
        if spec.said(path):
            message = f"nobody calls `{service.name}`, which has no port for callers."
            yield spec.problem(path, "SW5302", message, "Leave `traffic` out.", at_key=True)
        return
    if any(port.carries_http for port in service.exposed_ports.values()):
        return
    for wish in _OF_REQUESTS:
        if spec.said((*path, *wish)):
            message = f"`{'.'.join(wish)}` is about requests, and no port of `{service.name}` speaks HTTP or gRPC."
            hint = "Leave it out, or say what the port speaks with `appProtocol`."
            yield spec.problem((*path, *wish), "SW5303", message, hint, at_key=True)


def _retries(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    retries, at = service.traffic.retries, (*path, "retries")
    if retries is None:
        return
    if not retries.attempts:
        said = [key for key in _BESIDE_ATTEMPTS if spec.said((*at, key))]
        if said:
            message = f"with attempts 0 nothing is made again, so {listed(said, 'and')} mean nothing."
            yield spec.problem((*at, said[0]), "SW5304", message, "Leave them out.", at_key=True)
        return
    begun = [one for one in retries.retry_on if one not in _UNBEGUN]
    if begun and not retries.idempotent:
        message = f"after {listed(begun)} a pod may have begun to answer, so a retry may do a thing twice."
        hint = "Say `idempotent: true` if every call may be made twice, else leave it out."
        yield spec.problem((*at, "retryOn"), "SW5301", message, hint)
    yield from _tries(spec, service.traffic, retries, at)


def _tries(spec: Spec, traffic: Traffic, retries: Retries, path: Path) -> Iterator[Problem]:
    """Yield tries that the whole call has no time for."""
    one, whole = retries.per_try_timeout, traffic.timeout
    if one is None or whole is None:
        return
    tries = retries.attempts + 1
    if exact_seconds(one) * tries > exact_seconds(whole):
        set_on = spec.where((*path[:-1], "timeout"))
        message = f"{tries} tries of {one} are more than the timeout ({whole}), set on {set_on}."
        hint = "Make fewer attempts or shorter tries, or let the call take longer."
        yield spec.problem((*path, "perTryTimeout"), "SW5305", message, hint)


def _balancing(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    balancing, locality = service.traffic.load_balancing, service.traffic.locality
    if balancing is None:
        return
    at = (*path, "loadBalancing")
    if balancing.warmup and (balancing.consistent_hash or balancing.algorithm == "random"):
        other = "consistentHash" if balancing.consistent_hash else "random"
        message = f"`{other}` gives a new pod its full share at once, so warmup means nothing."
        hint = "Leave it out, or balance by `leastRequest` or `roundRobin`."
        yield spec.problem((*at, "warmup"), "SW5306", message, hint)
    if balancing.consistent_hash and locality:
        message = "callers in two places see the pods in another order, so alike calls do not go to the same pod."
        yield spec.problem(
            (*at, "consistentHash"), "SW5307", message, "Leave one of it and `locality` out.", at_key=True
        )


def _ejection(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    breaker, locality = service.traffic.circuit_breaker, service.traffic.locality
    ejection = breaker.ejection if breaker else None
    if locality and locality.failover and ejection is None:
        message = "calls go elsewhere when pods are ejected, and nothing says when they are."
        hint = "Add `circuitBreaker: {ejection: {}}`; `prefer: zone` needs none."
        yield spec.problem((*path, "locality", "failover"), "SW5308", message, hint, at_key=True)
    pods = service.fewest_replicas
    if ejection is not None and pods > 1 and pods * ejection.max_ejection_percent < _ALL:
        least = -(-_ALL // pods)
        message = f"{ejection.max_ejection_percent} percent of {pods} pods are not one, so nobody is ejected."
        at = (*path, "circuitBreaker", "ejection", "maxEjectionPercent")
        yield spec.problem(at, "SW5309", message, f"Say {least} or more.")


def _fault(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    fault, at = service.traffic.fault, (*path, "fault")
    if fault is None:
        return
    if fault.delay is None and fault.abort is None:
        yield spec.problem(
            at, "SW5310", "this fault neither delays nor aborts.", "Add `delay` or `abort`.", at_key=True
        )
    people = spec.platform.entries.get("servesPeople")
    if people is not None and people.value and not fault.even_for_people:
        message = f"`{spec.environment.name}` serves people, whose calls would fail or wait."
        hint = "Say `evenForPeople: true` too, or let the platform say `servesPeople: false`."
        yield spec.problem(at, "SW5311", message, hint, at_key=True)
    if fault.abort is not None and fault.abort.percent == _ALL:
        message = "no call reaches a pod any more."
        yield spec.problem((*at, "abort", "percent"), "SW5312", message, "Abort fewer of them.", warning=True)


def _ending(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield calls that may take longer than a pod that ends has left to answer."""
    timeout, end = service.traffic.timeout, service.shutdown
    left = end.grace_seconds - end.drain_seconds
    if timeout is not None and left > 0 and exact_seconds(timeout) > left:
        message = f"a call may take {timeout}, and a pod that ends has {left}s to answer what it has begun."
        hint = "Raise `shutdown.graceSeconds`, or let calls take less."
        yield spec.problem((*path, "timeout"), "SW5313", message, hint, warning=True)


def _guessed(spec: Spec) -> Iterator[Problem]:
    """Yield ports of which nobody says what is spoken: Istio waits for the first bytes of the caller, and guesses."""
    for name, service in spec.application.services.items():
        for key, port in service.exposed_ports.items():
            if port.protocol == "TCP" and port.app_protocol is None and not _TELLING.match(key):
                message = "Istio guesses what is spoken here, and waits in vain where the service speaks first."
                hint = "Say `appProtocol`: `http`, `grpc`, or `tcp` for what has no word."
                yield spec.problem(("services", name, "ports", key), "SW5316", message, hint, warning=True, at_key=True)


def _pinned(spec: Spec) -> Iterator[Problem]:
    """Yield ports where each caller stays at one pod: it keeps a connection, and Kubernetes picks a pod for it once.

    Source: https://kubernetes.io/blog/2018/11/07/grpc-load-balancing-on-kubernetes-without-tears/
    """
    services = spec.application.services
    called = {
        (callee(key, connection), name)
        for caller in services.values()
        for key, connection in caller.connections.items()
        if connection.host is None and connection.application is None
        for name in _ports_called(services.get(callee(key, connection)), connection)
    }
    for service, name in sorted(called):
        port = services[service].exposed_ports[name]
        scaling = services[service].scaling
        most = scaling.max if scaling is not None else services[service].fixed_replicas
        if port.app_protocol in _ONE_CONNECTION and not port.headless and (most or 0) > 1:
            message = (
                f"a caller keeps one connection for all calls, and so to one of {most} pods: no mesh balances them."
            )
            hint = "Say `headless: true` and let callers balance, for gRPC with `round_robin`."
            yield spec.problem(("services", service, "ports", name), "SW5314", message, hint, warning=True, at_key=True)


def _ports_called(service: Service | None, connection: Connection) -> list[str]:
    """Return the name of the port that a connection means, in a list; an empty one when it is not clear."""
    ports = service.exposed_ports if service is not None else {}
    if connection.port is None:
        return list(ports) if len(ports) == 1 else []
    return [name for name, port in ports.items() if connection.port in (name, port.port)]


def _sooner(spec: Spec) -> Iterator[Problem]:
    """Yield routes of the way in that end before the calls that they lead to may."""
    ingress = spec.application.ingress
    for name, route in (ingress.routes if ingress is not None else {}).items():
        target = spec.application.services.get(route.service) if route.service is not None else None
        whole = target.traffic.timeout if target is not None else None
        if target is None or whole is None or route.timeout is None:
            continue
        if exact_seconds(route.timeout) < exact_seconds(whole):
            set_on = spec.where(("services", target.name, "traffic", "timeout"))
            message = (
                f"the route ends after {route.timeout}, and a call to `{target.name}` may take {whole} ({set_on})."
            )
            yield spec.problem(
                ("ingress", "routes", name, "timeout"), "SW5315", message, "Give both the same.", warning=True
            )
