"""The way in: routes lead to services, and the platform has one."""

from collections.abc import Iterator

from schemas.model import Ingress, Port, Route
from schemas.problems import Path, Problem, listed, nearest_or_all
from schemas.spec import Spec

UNKNOWN, NO_HOST, NO_PORT = "SW4804", "SW4803", "SW4805"
"""Codes of a route to a service, of a host, and to a port that is not there."""

_NOT_HTTP = {"tcp", "redis", "postgres", "mysql", "mongo", "amqp", "kafka"}


def check(spec: Spec) -> Iterator[Problem]:
    """Yield routes that lead nowhere or twice, and hosts that repeat or answer nothing."""
    ingress = spec.application.ingress
    if ingress is None:
        return
    yield from _hosts(spec, ingress)
    for path, route in ingress.routes.items():
        at: Path = ("ingress", "routes", path)
        for index, host_name in enumerate(route.hosts or ()):
            if host_name not in ingress.hosts:
                near = nearest_or_all(host_name, ingress.hosts)
                yield spec.problem((*at, "hosts", index), NO_HOST, f"there is no host `{host_name}`.{near}")
        yield from _prefix(spec, path, at)
        yield from _target(spec, route, at)
    yield from _repeated(spec, ingress)


def _hosts(spec: Spec, ingress: Ingress) -> Iterator[Problem]:
    taken: dict[str, str] = {}
    routed = {name for route in ingress.routes.values() for name in (route.hosts or ingress.hosts)}
    for name, host in ingress.hosts.items():
        if host.subdomain in taken:
            message = f"`{host.subdomain}` is also the subdomain of `{taken[host.subdomain]}`."
            yield spec.problem(("ingress", "hosts", name, "subdomain"), "SW4802", message)
        taken.setdefault(host.subdomain, name)
        if name not in routed:
            message = f"no route leads from `{name}`, so it answers nothing."
            hint = "Name it in a route's `hosts`, or remove it."
            yield spec.problem(("ingress", "hosts", name), "SW4806", message, hint, warning=True, at_key=True)


def _prefix(spec: Spec, prefix: str, path: Path) -> Iterator[Problem]:
    """Yield a path that no request can have, or that Kubernetes refuses.

    Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types
    """
    message = ""
    if "*" in prefix:
        message = "a route's path is a prefix already, and `*` in it is only a star."
    elif "?" in prefix or "#" in prefix or prefix != "".join(prefix.split()):
        message = "a route's path ends before `?` and `#`, and has no spaces."
    elif {".", ".."} & set(prefix.split("/")) or "//" in prefix or "%2f" in prefix.lower():
        message = "a route's path has no `.`, `..`, `//` or `%2f` in it."
    if message:
        hint = "Write the beginning of the paths that are meant, such as `/api`."
        yield spec.problem(path, "SW4808", message, hint, at_key=True)


def _target(spec: Spec, route: Route, path: Path) -> Iterator[Problem]:
    service = spec.application.services.get(route.service)
    if service is None:
        yield spec.problem((*path, "service"), UNKNOWN, spec.absence(route.service))
        return
    ports = service.exposed_ports
    led: list[Port] = [port for name, port in ports.items() if route.port in (None, name, port.port)]
    if route.port is None and len(ports) != 1:
        have = f"several ports: {listed(ports, 'and')}" if ports else "no port that callers reach"
        yield spec.problem((*path, "service"), NO_PORT, f"`{route.service}` has {have}.", "Say which with `port`.")
    elif not led:
        near = f" It has {listed(ports, 'and')}." if ports else " It has no ports."
        yield spec.problem((*path, "port"), NO_PORT, f"`{route.service}` has no port `{route.port}`.{near}")
    elif led[0].protocol == "UDP" or led[0].app_protocol in _NOT_HTTP:
        spoken = led[0].app_protocol or led[0].protocol
        message = f"a route leads HTTP requests, and the port of `{route.service}` speaks {spoken}."
        at = (*path, "service" if route.port is None else "port")
        yield spec.problem(at, "SW4809", message, "Lead it to a port that speaks HTTP.")


def _repeated(spec: Spec, ingress: Ingress) -> Iterator[Problem]:
    """Yield routes that are one to Kubernetes: a slash at the end of a prefix means nothing."""
    taken: dict[tuple[str, str], str] = {}
    for path, route in ingress.routes.items():
        for host in route.hosts or ingress.hosts:
            other = taken.setdefault((host, path.rstrip("/")), path)
            if other != path:
                message = f"`{other}` is the same prefix, on {_line(spec, other)}, and `{host}` has both."
                yield spec.problem(("ingress", "routes", path), "SW4807", message, "Remove one.", at_key=True)
                break


def _line(spec: Spec, route: str) -> str:
    return f"line {spec.key(('ingress', 'routes', route)).line}"
