"""What a route asks for makes sense: its key and its match, headers, pages that may call, and where it redirects."""

from collections.abc import Iterable, Iterator, Mapping

from schemas.model import Cors, HeaderChanges, Ingress, Match, Route
from schemas.problems import Path, Problem, listed
from schemas.spec import Spec
from schemas.values.quantity import exact_seconds

UNMATCHED, MEANINGLESS, AROUND, HEADER, ORIGIN, UNASKED = "SW5611", "SW5612", "SW5613", "SW5614", "SW5615", "SW5616"
"""Codes of a route without a path of its own, of fields that mean nothing, of a redirect that leads to itself, of a
header, of an origin, and of a question that browsers ask and the route does not answer."""
HURRIED, ENDLESS = "SW5617", "SW5618"
"""Codes of a route that ends before the service's retries, and of a limit that would wait for ever."""

_OF_SERVICES = (
    "port",
    "timeout",
    "rewrite",
    "requestHeaders",
    "responseHeaders",
    "cors",
    "rateLimit",
    "maxRequestSize",
)
_HOP_BY_HOP = frozenset({
    "connection", "content-length", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
    "upgrade",
})  # fmt: skip
"""Headers that belong to a connection and not to a request, and those by which a request is told from the next.

Source: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
"""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield what keeps a route from doing what it says."""
    ingress = spec.application.ingress
    for key, route in ingress.routes.items() if ingress else ():
        at: Path = ("ingress", "routes", key)
        yield from _match(spec, key, route.match or Match(), at)
        yield from _headers(spec, route, at)
        yield from _tries(spec, route, at)
        yield from _size(spec, route, at)
        if route.cors is not None:
            yield from _cors(spec, route, route.cors, at)
        if ingress is not None and route.redirect is not None:
            yield from _redirect(spec, ingress, key, at)


def _match(spec: Spec, key: str, match: Match, at: Path) -> Iterator[Problem]:
    own = [name for name, path in (("path", match.path), ("pathPrefix", match.path_prefix)) if path is not None]
    if key.startswith("/") and own:
        message = f"the route's key is its path already, so `{own[0]}` would be a second one."
        yield spec.problem((*at, "match", own[0]), UNMATCHED, message, "Give the route a name for a key.", at_key=True)
    elif not key.startswith("/") and not own:
        message = f"`{key}` is a name, and the route says nothing of the path."
        hint = f"Write the path for a key, such as `/{key}`, or `match` with `pathPrefix` or `path` in the route."
        yield spec.problem(at, UNMATCHED, message, hint, at_key=True)


def _headers(spec: Spec, route: Route, at: Path) -> Iterator[Problem]:
    """Yield headers that are there twice, as case means nothing in them, and those that are not the route's to change.

    Source: https://gateway-api.sigs.k8s.io/guides/http-header-modifier/
    """
    if route.match is not None:
        yield from _twice(spec, [((*at, "match", "headers", name), name) for name in route.match.headers])
    for side, changes in (("requestHeaders", route.request_headers), ("responseHeaders", route.response_headers)):
        if changes is None:
            continue
        named = list(_named(changes, (*at, side)))
        yield from _twice(spec, named)
        for path, name in named:
            if name.lower() in _HOP_BY_HOP:
                message = f"`{name}` belongs to the connection, and the way in writes it itself."
                yield spec.problem(path, HEADER, message, "Remove it.", at_key=True)


def _named(changes: HeaderChanges, at: Path) -> Iterator[tuple[Path, str]]:
    for verb, headers in (("set", changes.set), ("add", changes.add)):
        yield from (((*at, verb, name), name) for name in headers)
    yield from (((*at, "remove", index), name) for index, name in enumerate(changes.remove))


def _twice(spec: Spec, named: Iterable[tuple[Path, str]]) -> Iterator[Problem]:
    taken: dict[str, Path] = {}
    for path, name in named:
        first = taken.setdefault(name.lower(), path)
        if first != path:
            message = f"`{name}` is named before, on line {spec.key(first).line}."
            yield spec.problem(path, HEADER, message, "Case means nothing in a header's name; say one.", at_key=True)


def _tries(spec: Spec, route: Route, at: Path) -> Iterator[Problem]:
    """Yield a route that ends before the service's tries do, so that the last of them help nobody."""
    service = spec.application.services.get(route.service or "")
    retries = service.traffic.retries if service is not None else None
    if route.timeout is None or retries is None or retries.per_try_timeout is None:
        return
    whole = retries.attempts * exact_seconds(retries.per_try_timeout)
    if whole > exact_seconds(route.timeout):
        where = spec.where(("services", str(route.service), "traffic", "retries", "perTryTimeout"))
        message = (
            f"after {route.timeout} the caller is told that nobody answered, and {retries.attempts} retries of "
            f"{retries.per_try_timeout} each ({where}) take longer."
        )
        yield spec.problem((*at, "timeout"), HURRIED, message, "Wait longer here, or let a try be shorter.")


def _size(spec: Spec, route: Route, at: Path) -> Iterator[Problem]:
    """Yield a limit that waits for the end of a request where a request may have none.

    Source: https://gateway.envoyproxy.io/latest/api/extension_types/#requestbuffer
    """
    service = spec.application.services.get(route.service or "")
    if route.max_request_size is None or service is None:
        return
    ports = [port for name, port in service.exposed_ports.items() if route.port in (None, name, port.port)]
    if any(port.app_protocol in ("grpc", "kubernetes.io/ws", "kubernetes.io/wss") for port in ports):
        message = "the whole of a request is read before it is passed on, and a stream may never end."
        yield spec.problem((*at, "maxRequestSize"), ENDLESS, message, "Leave it out here.", at_key=True)


def _cors(spec: Spec, route: Route, cors: Cors, at: Path) -> Iterator[Problem]:
    path: Path = (*at, "cors", "origins")
    if "*" in cors.origins and cors.credentials:
        message = "`*` with `credentials` lets any page on the internet act as the person who looks at it."
        yield spec.problem(path, ORIGIN, message, "Name the origins.")
    elif "*" in cors.origins and len(cors.origins) > 1:
        yield spec.problem(path, ORIGIN, "`*` is every origin, so the others say nothing.", "Remove one or the other.")
    methods = route.match.methods if route.match is not None else None
    if methods is not None and "OPTIONS" not in methods:
        message = "browsers ask with OPTIONS before they call, and this route is not for OPTIONS."
        yield spec.problem((*at, "match", "methods"), UNASKED, message, "Add OPTIONS, or remove `cors`.")


def _redirect(spec: Spec, ingress: Ingress, key: str, at: Path) -> Iterator[Problem]:
    route = ingress.routes[key]
    sent = route.redirect
    if sent is None:
        return
    if meaningless := [field for field in _OF_SERVICES if spec.said((*at, field))]:
        message = f"a redirect sends no request to a service, so {listed(meaningless, 'and')} says nothing."
        yield spec.problem((*at, meaningless[0]), MEANINGLESS, message, "Remove it.", at_key=True)
    if sent.host is not None and sent.host not in ingress.hosts:
        return
    found = path_of(key, route)
    target = sent.path or found
    around = [host for host in route.hosts or ingress.hosts if answering(ingress, sent.host or host, target) == key]
    if found and around and (sent.host is None or sent.host in around):
        message = f"this leads to `{target}`, which this route answers again: a caller would go in circles."
        hint = "Lead it elsewhere, or say with `match: {path: …}` which path alone is meant."
        yield spec.problem((*at, "redirect"), AROUND, message, hint)


def path_of(key: str, route: Route) -> str:
    """Return the path or prefix of a route, or nothing for a name that says none."""
    match = route.match or Match()
    return match.path or match.path_prefix or (key if key.startswith("/") else "")


def answering(ingress: Ingress, host: str, path: str) -> str | None:
    """Return the key of the route that answers a request for a path with nothing else to tell it by."""
    fitting: Mapping[str, tuple[bool, int]] = {
        key: (bool(route.match and route.match.path), len(path_of(key, route).rstrip("/")))
        for key, route in ingress.routes.items()
        if (route.hosts is None or host in route.hosts) and _fits(key, route, path)
    }
    return max(fitting, key=lambda key: fitting[key], default=None)


def _fits(key: str, route: Route, path: str) -> bool:
    match = route.match or Match()
    if match.headers:
        return False
    if match.path is not None:
        return path == match.path
    prefix = path_of(key, route).rstrip("/")
    return bool(path_of(key, route)) and (path == prefix or path.startswith(f"{prefix}/"))
