"""Tokens: they are asked for where HTTP is spoken, of paths that somebody may ask for, and once for each path."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from schemas.model import Authentication, Jwt, Port, Route, Service
from schemas.problems import Path, Problem
from schemas.rules.requests import HTTP
from schemas.rules.routes import path_of
from schemas.spec import Spec
from schemas.values.request_paths import narrower

NO_HTTP, TWICE, UNASKED, NO_KEYS = "SW5531", "SW5532", "SW5533", "SW5534"
"""Codes of tokens where no HTTP is spoken, of a path that is named twice, of one that nobody asks for, of no keys."""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield tokens that cannot be asked for."""
    app = spec.application
    for name, service in app.services.items():
        if service.authentication is not None:
            path: Path = ("services", name, "authentication")
            if not service.exposed_ports:
                message = f"nobody calls `{service.name}`: it has no port that callers reach."
                yield spec.problem(path, NO_HTTP, message, "Add a port, or remove it.", at_key=True)
            yield from _ports(spec, service.name, service.exposed_ports.values(), path)
            yield from _paths(spec, service.authentication.jwt, (*path, "jwt"), _asked(spec, service))
    ingress = app.ingress
    if ingress is not None and ingress.authentication is not None:
        path = ("ingress", "authentication")
        routes = {key: one for key, one in ingress.routes.items() if one.service is not None}
        for service, route in _behind(spec, routes):
            ports = [port for name, port in service.exposed_ports.items() if route.port in (None, name, port.port)]
            yield from _ports(spec, service.name, ports, path)
        yield from _paths(spec, ingress.authentication.jwt, (*path, "jwt"), [_of_route(*one) for one in routes.items()])
    yield from _providers(spec)


def _behind(spec: Spec, routes: Mapping[str, Route]) -> Iterator[tuple[Service, Route]]:
    """Yield the services that do not say themselves which token they take, each with a route that leads to it."""
    found: set[tuple[str, int | str | None]] = set()
    for route in routes.values():
        service = spec.application.services.get(str(route.service))
        if service is not None and service.authentication is None and (service.name, route.port) not in found:
            found.add((service.name, route.port))
            yield service, route


def _ports(spec: Spec, service: str, ports: Iterable[Port], path: Path) -> Iterator[Problem]:
    """Yield services that callers reach otherwise than by HTTP, which is what a token is part of."""
    other = next((port for port in ports if port.app_protocol not in HTTP), None)
    if other is not None:
        spoken = f"speaks {other.app_protocol}" if other.app_protocol else "does not say what it speaks"
        message = f"a token is part of an HTTP request, and port {other.port} of `{service}` {spoken}."
        hint = "" if other.app_protocol else "Say `appProtocol: http` there when it is HTTP."
        yield spec.problem(path, NO_HTTP, message, hint, at_key=True)


def _asked(spec: Spec, service: Service) -> list[Sequence[str] | None]:
    """Return the paths that each of a service's callers may ask for, or nothing for all."""
    app = spec.application
    found: list[Sequence[str] | None] = [
        connection.paths
        for caller in app.services.values()
        for key, connection in caller.connections.items()
        if connection.host is None and connection.application is None and (connection.service or key) == service.name
    ]
    found += [caller.paths for caller in (service.access.inbound if service.access else {}).values()]
    routes = app.ingress.routes if app.ingress is not None else {}
    return found + [_of_route(key, route) for key, route in routes.items() if route.service == service.name]


def _of_route(key: str, route: Route) -> Sequence[str] | None:
    """Return the paths with which a route leads to its service."""
    if route.rewrite is not None:
        return None
    if route.match is not None and route.match.path is not None:
        return [route.match.path]
    prefix = path_of(key, route).rstrip("/")
    return [prefix, f"{prefix}/*"]


def _paths(spec: Spec, jwt: Jwt, path: Path, asked: Sequence[Sequence[str] | None]) -> Iterator[Problem]:
    for index, one in enumerate(jwt.except_):
        if one in jwt.scopes:
            other = spec.key((*path, "scopes", one))
            message = f"`{one}` takes no token here, and one with scopes on line {other.line}."
            yield spec.problem((*path, "except", index), TWICE, message, "Remove one of them.")
    if not asked or any(one is None for one in asked):
        return
    may = [pattern for patterns in asked for pattern in patterns or ()]
    named = [(one, (*path, "scopes", one)) for one in jwt.scopes]
    named += [(one, (*path, "except", index)) for index, one in enumerate(jwt.except_)]
    for one, at in named:
        if not any(narrower(one, pattern) is not None for pattern in may):
            message = f"nobody may ask for `{one}`: no route, connection or way in has it."
            hint = "Remove it, or mend the path."
            yield spec.problem(at, UNASKED, message, hint, warning=True, at_key=True)


def _providers(spec: Spec) -> Iterator[Problem]:
    """Yield identity providers of the platform that are asked, and whose keys are no key set.

    Source: https://www.rfc-editor.org/rfc/rfc7517#section-5
    """
    for name in sorted({jwt.provider for jwt in _asked_for(spec)}):
        jwks = spec.environment.identity_providers[name].jwks
        if jwks is not None and not _is_key_set(jwks):
            origin = spec.platform_origin(("identityProviders", name, "jwks"))
            message = "it must be the JSON text of a key set, with at least one key that says its `kty`."
            hint = 'Write what its URL answers: `\'{"keys": [{"kty": …}]}\'`.'
            yield Problem(origin=origin, code=NO_KEYS, message=message, hint=hint)


def _asked_for(spec: Spec) -> Iterator[Jwt]:
    app = spec.application
    placed: list[Authentication | None] = [one.authentication for one in app.services.values()]
    placed.append(app.ingress.authentication if app.ingress is not None else None)
    yield from (
        one.jwt for one in placed if one is not None and one.jwt.provider in spec.environment.identity_providers
    )


def _is_key_set(text: str) -> bool:
    try:
        keys = json.loads(text)["keys"]
    except (ValueError, TypeError, KeyError):
        return False
    return isinstance(keys, list) and bool(keys) and all(isinstance(key, dict) and "kty" in key for key in keys)
