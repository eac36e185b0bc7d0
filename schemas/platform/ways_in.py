"""What each way in can express of what a spec asks of routes: the one table.

What a way in cannot express is told at the field; `docs/ways-in.md` shows the table to people.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schemas.platform.meshes import is_older
from schemas.platform.needs import Lack, Need
from schemas.problems import Path, listed, written
from schemas.text.document import Node, descend

TITLES: Mapping[str, str] = {
    "ingress": "an Ingress",
    "gateway": "the Gateway API",
    "envoy-gateway": "Envoy Gateway",
    "istio": "Istio's Gateway",
}
"""What each way in is called in a sentence: an `ingress.kind`, or its `controller` where the platform says one."""


@dataclass(frozen=True, slots=True)
class Word:
    """Something that a route may ask for, and what says so in each way in that can."""

    path: Path
    """Its path in a route."""
    said_by: Mapping[str, str]
    """By way in, the field of an object that says so. A way in that is not here cannot express it."""
    takes_route: bool = False
    """Whether the route means something else without it, so that the whole of it goes with the field."""


def _said(gateway: str, istio: str) -> dict[str, str]:
    """Return what says so in the Gateway API, whoever serves it, and in Istio's own API."""
    return {
        "gateway": f"HTTPRoute `{gateway}`",
        "envoy-gateway": f"HTTPRoute `{gateway}`",
        "istio": f"VirtualService `http.{istio}`",
    }


_POLICY = "BackendTrafficPolicy `"

WORDS: tuple[Word, ...] = (
    Word(("match", "path"), {"ingress": "Ingress `pathType: Exact`", **_said("matches.path", "match.uri")}, True),
    Word(("match", "methods"), _said("matches.method", "match.method"), True),
    Word(("match", "headers"), _said("matches.headers", "match.headers"), True),
    Word(("redirect",), _said("filters.requestRedirect", "redirect"), True),
    Word(("rewrite",), _said("filters.urlRewrite", "rewrite"), True),
    Word(("timeout",), _said("timeouts.request", "timeout")),
    Word(("requestHeaders",), _said("filters.requestHeaderModifier", "headers.request")),
    Word(("responseHeaders",), _said("filters.responseHeaderModifier", "headers.response")),
    Word(("cors",), _said("filters.cors", "corsPolicy")),
    Word(("rateLimit",), {"envoy-gateway": f"{_POLICY}rateLimit.local`"}),
    Word(("maxRequestSize",), {"envoy-gateway": f"{_POLICY}requestBuffer.limit`"}),
)
"""What is not here, every way in can say: hosts, prefixes, services, certificates."""


def way_of(entry: Node) -> str | None:
    """Return the way in of a platform's entry."""
    kind, controller = (descend(entry, ("ingress", key)) for key in ("kind", "controller"))
    if kind is None:
        return None
    return str(controller.value if controller is not None and kind.value == "gateway" else kind.value)


def _no_way_in(_spec: Node, _path: Path, entry: Node) -> Lack | None:
    return None if "ingress" in entry.entries else Lack("the platform has no ingress")


def _no_grpc(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say that an Ingress has no word for HTTP/2 behind it: each controller has an annotation of its own.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/
    """
    kind = descend(entry, ("ingress", "kind"))
    if kind is None or kind.value != "ingress":
        return None
    spoken = _spoken(spec, path)
    return (
        Lack(f"an Ingress leads to no port that speaks {spoken}") if spoken in ("grpc", "kubernetes.io/h2c") else None
    )


def _no_word(word: Word) -> Callable[[Node, Path, Node], Lack | None]:
    """Return how to see that the way in has no word for a field of a route."""

    def missing(spec: Node, path: Path, entry: Node) -> Lack | None:
        way = way_of(entry)
        asked = descend(spec, (*path, *word.path)) if word.takes_route else descend(spec, path)
        if way is None or way in word.said_by or asked is None:
            return None
        remark = " Without it the route would mean something else, and goes with it." if word.takes_route else ""
        return Lack(f"{TITLES[way]} has no word for `{written(word.path)}`", remark)

    return missing


_REDIRECTS = "1.31"
"""The version of Istio from which a redirect replaces a prefix.

Source: https://github.com/istio/api/pull/3708
"""


def _no_prefix_redirect(spec: Node, path: Path, entry: Node) -> Lack | None:
    kind = descend(entry, ("ingress", "kind"))
    replaced = descend(spec, (*path, "redirect", "path"))
    if kind is None or kind.value != "istio" or replaced is None or descend(spec, (*path, "match", "path")) is not None:
        return None
    version = str(entry.entries["versions"].entries["istio"].value)
    if not is_older(version, _REDIRECTS):
        return None
    return Lack(f"to redirect what is under a path needs Istio {_REDIRECTS}, and there is {version}")


def _no_https(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say that a gateway sends a service plain HTTP: whose certificate it would have to trust is said nowhere.

    Source: https://gateway-api.sigs.k8s.io/api-types/backendtlspolicy/
    """
    kind = descend(entry, ("ingress", "kind"))
    if kind is None or kind.value == "ingress" or _spoken(spec, path) != "https":
        return None
    return Lack(f"{TITLES[str(kind.value)]} speaks plain HTTP to services, and this port speaks https")


def _no_tls(spec: Node, path: Path, entry: Node) -> Lack | None:
    wanted = descend(spec, path)
    if wanted is None or wanted.value != "required" or descend(entry, ("ingress", "tls")) is not None:
        return None
    return Lack("the way in has no TLS")


def _spoken(spec: Node, path: Path) -> str | None:
    """Return what is spoken on the port that a route leads to, or nothing when that is not said."""
    service, named = (descend(spec, (*path, key)) for key in ("service", "port"))
    ports = descend(spec, ("services", str(service.value), "ports")) if service is not None else None
    for name, port in ports.entries.items() if ports is not None else ():
        exposed, number, spoken = (port.entries.get(key) for key in ("expose", "port", "appProtocol"))
        if exposed is not None and exposed.value is False:
            continue
        if named is None or named.value in (name, number.value if number is not None else None):
            return str(spoken.value) if spoken is not None else None
    return None


_ROUTE: Path = ("ingress", "routes", "*")

NEEDS: tuple[Need, ...] = (
    Need(("ingress",), "SW4801", _no_way_in, ("ingress",), "Remove it there with `ingress: null`."),
    Need(_ROUTE, "SW3204", _no_grpc, ("ingress", "kind"), "Ask for `kind: gateway` there."),
    *(
        Need(
            _ROUTE if word.takes_route else (*_ROUTE, *word.path),
            "SW5601",
            _no_word(word),
            ("ingress", "kind"),
            f"That takes {listed(word.said_by)} for a way in.",
            word.path if word.takes_route else (),
        )
        for word in WORDS
    ),
    Need(_ROUTE, "SW5602", _no_https, ("ingress", "kind"), "Lead it to a port that speaks HTTP.", ("service",)),
    Need(
        _ROUTE,
        "SW5604",
        _no_prefix_redirect,
        ("versions", "istio"),
        "Redirect whole paths there, with `match: {path: …}`.",
        ("redirect", "path"),
    ),
    Need(("ingress", "tls"), "SW5603", _no_tls, ("ingress",), "Say there where its certificate comes from: `tls`."),
)
"""What the way in has to have."""
