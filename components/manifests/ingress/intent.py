"""What a way in is asked for, in no way's own words: hosts, and for each its rules in the order in which they count."""

from dataclasses import dataclass

from components.manifests.network.addresses import hosts, route_port
from components.manifests.network.shares import Target, mirror, targets
from components.manifests.objects import content_hash
from schemas.model import Application, Environment, IngressClass, Match, Port, Route, Service, Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """Where a rule sends the caller."""

    host: str | None
    """The other host's full name, or nothing when the host stays."""
    path: str | None
    """What the matched part of the path becomes, or nothing when it stays."""
    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One route on one host."""

    section: str | None
    """A name by which a policy finds the rule, when something is asked that takes one."""
    path: str
    exact: bool
    """Whether `path` is the whole path, and not a prefix of whole segments."""
    methods: tuple[str, ...]
    """The methods of the requests that are meant, or none when all are."""
    headers: tuple[tuple[str, str], ...]
    """Headers that a request must have, each with its value."""
    route: Route
    port: Port | None
    """The port of the service that answers, or nothing when the rule is a redirect."""
    targets: tuple[Target, ...]
    """The Services of the versions that answer, with their shares; none when the rule is a redirect."""
    redirect: Redirect | None
    mirror: Target | None
    """Where copies of calls go."""
    traffic: Traffic
    """What the service asks of calls to it, which holds for those that come from outside too."""

    @property
    def timeout(self) -> str | None:
        """How long a caller waits: the route's own time before the service's."""
        return self.route.timeout or self.traffic.timeout

    @property
    def segments(self) -> str:
        """The path without the slash at its end, which means nothing in a prefix; nothing for `/`."""
        return self.path if self.exact else self.path.rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A host and what is found there."""

    name: str
    """Its name in the spec."""
    host: str
    """Its full name."""
    rules: tuple[Rule, ...]
    """The first that fits a request counts."""


def sites(app: Application, environment: Environment) -> list[Site]:
    """Return the hosts of an application, sorted by name, each with its rules."""
    if app.ingress is None:
        return []
    full = hosts(app, environment)
    return [Site(name=name, host=host, rules=_rules(app, environment, name, full)) for name, host in full.items()]


def _rules(app: Application, environment: Environment, host: str, full: dict[str, str]) -> tuple[Rule, ...]:
    """Return a host's rules: a whole path before a prefix, the longer before the shorter, more conditions before fewer.

    Source: https://gateway-api.sigs.k8s.io/reference/api-spec/main/spec/#httprouterule
    """
    routes = app.ingress.routes if app.ingress is not None else {}
    own = {key: route for key, route in routes.items() if route.hosts is None or host in route.hosts}
    rules = {key: _rule(app, environment, key, route, full) for key, route in own.items()}

    def order(key: str) -> tuple[bool, int, bool, int, str]:
        rule = rules[key]
        return (not rule.exact, -len(rule.segments), not rule.methods, -len(rule.headers), key)

    return tuple(rules[key] for key in sorted(rules, key=order))


def _rule(app: Application, environment: Environment, key: str, route: Route, full: dict[str, str]) -> Rule:
    service = app.services[route.service] if route.service is not None else None
    match = route.match or Match()
    port = route_port(service, route.port) if service is not None else None
    sent = route.redirect
    return Rule(
        section=_section(key) if route.rate_limit or route.max_request_size else None,
        path=match.path or match.path_prefix or key,
        exact=match.path is not None,
        methods=tuple(match.methods or ()),
        headers=tuple(sorted(match.headers.items())),
        route=route,
        port=port,
        targets=() if service is None else _targets(environment, service),
        mirror=mirror(service) if service is not None else None,
        traffic=service.traffic if service is not None else Traffic(),
        redirect=None
        if sent is None
        else Redirect(host=full[sent.host] if sent.host else None, path=sent.path, code=sent.code),
    )


def _targets(environment: Environment, service: Service) -> tuple[Target, ...]:
    """Return where calls from outside go: the proxy at the way in shares them out, because no mesh does it for it.

    Without a mesh one version gets all calls, and the service's own Service leads to it.
    """
    return tuple(targets(service)) if environment.mesh is not None else (Target(service.name),)


def _section(key: str) -> str:
    """Return a name for a route, without a dot, that changes with nothing but its key."""
    return f"path-{content_hash(key)}" if key.startswith("/") else key


def is_redirected(way: IngressClass) -> bool:
    """Return whether plain HTTP is answered with a redirect to HTTPS.

    Where people type a port, the one of plain HTTP is another, which the platform does not say.
    """
    return way.tls is not None and way.tls.plain_http == "redirect" and way.port is None
