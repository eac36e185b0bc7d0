"""The way in: routes lead to services, and the platform has one."""

import re
from collections.abc import Iterator

from schemas.model import Ingress, Match, Port, Route
from schemas.problems import Path, Problem, listed, nearest_or_all
from schemas.rules.routes import path_of
from schemas.spec import Spec

UNKNOWN, NO_HOST, NO_PORT = "SW4804", "SW4803", "SW4805"
"""Codes of a route to a service, of a host, and to a port that is not there."""

_NOT_HTTP = {"tcp", "redis", "postgres", "mysql", "mongo", "amqp", "kafka"}
_PATH = re.compile(r"(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})*")
"""Paths that a URL may have.

Source: https://www.rfc-editor.org/rfc/rfc3986#section-3.3
"""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield routes that lead nowhere or twice, and hosts that repeat or answer nothing."""
    ingress = spec.application.ingress
    if ingress is None:
        return
    yield from _hosts(spec, ingress)
    for path, route in ingress.routes.items():
        at: Path = ("ingress", "routes", path)
        named: list[tuple[Path, str]] = [(("hosts", index), name) for index, name in enumerate(route.hosts or ())]
        if route.redirect is not None and route.redirect.host is not None:
            named.append((("redirect", "host"), route.redirect.host))
        for where, host_name in named:
            if host_name not in ingress.hosts:
                near = nearest_or_all(host_name, ingress.hosts)
                yield spec.problem((*at, *where), NO_HOST, f"there is no host `{host_name}`.{near}")
        match = route.match or Match()
        if path.startswith("/"):
            yield from _prefix(spec, path, at, at_key=True)
        for field, said in (("path", match.path), ("pathPrefix", match.path_prefix)):
            if said is not None:
                yield from _prefix(spec, said, (*at, "match", field))
        if route.service is not None:
            yield from _target(spec, route, route.service, at)
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


def _prefix(spec: Spec, prefix: str, path: Path, *, at_key: bool = False) -> Iterator[Problem]:
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
    elif not _PATH.fullmatch(prefix):
        message = "a route's path has only characters that a URL has; others stand in it as `%` and two digits."
    if message:
        hint = "Write the beginning of the paths that are meant, such as `/api`."
        yield spec.problem(path, "SW4808", message, hint, at_key=at_key)


def _target(spec: Spec, route: Route, called: str, path: Path) -> Iterator[Problem]:
    service = spec.application.services.get(called)
    if service is None:
        yield spec.problem((*path, "service"), UNKNOWN, spec.absence(called))
        return
    ports = service.exposed_ports
    led: list[Port] = [port for name, port in ports.items() if route.port in (None, name, port.port)]
    if route.port is None and len(ports) != 1:
        have = f"several ports: {listed(ports, 'and')}" if ports else "no port that callers reach"
        yield spec.problem((*path, "service"), NO_PORT, f"`{called}` has {have}.", "Say which with `port`.")
    elif not led:
        near = f" It has {listed(ports, 'and')}." if ports else " It has no ports."
        yield spec.problem((*path, "port"), NO_PORT, f"`{called}` has no port `{route.port}`.{near}")
    elif led[0].protocol == "UDP" or led[0].app_protocol in _NOT_HTTP:
        spoken = led[0].app_protocol or led[0].protocol
        message = f"a route leads HTTP requests, and the port of `{called}` speaks {spoken}."
        at = (*path, "service" if route.port is None else "port")
        yield spec.problem(at, "SW4809", message, "Lead it to a port that speaks HTTP.")


def _repeated(spec: Spec, ingress: Ingress) -> Iterator[Problem]:
    """Yield routes that are one to Kubernetes: a slash at the end of a prefix means nothing."""
    taken: dict[tuple[str, object], str] = {}
    for key, route in ingress.routes.items():
        for host in route.hosts or ingress.hosts:
            other = taken.setdefault((host, _conditions(key, route)), key)
            if other != key:
                same = "is the same prefix" if route.match is None else "is for the same requests"
                message = f"`{other}` {same}, on {_line(spec, other)}, and `{host}` has both."
                yield spec.problem(("ingress", "routes", key), "SW4807", message, "Remove one.", at_key=True)
                break


def _conditions(key: str, route: Route) -> object:
    """Return what tells the requests of a route from others."""
    match = route.match or Match()
    path = (match.path, True) if match.path is not None else (path_of(key, route).rstrip("/"), False)
    headers = sorted((name.lower(), value) for name, value in match.headers.items())
    return path, tuple(sorted(match.methods or ())), tuple(headers)


def _line(spec: Spec, route: str) -> str:
    return f"line {spec.key(('ingress', 'routes', route)).line}"
