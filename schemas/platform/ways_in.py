"""What each way in can express: the one table of it, and what a spec is told of the rest."""

from collections.abc import Callable
from dataclasses import dataclass

from schemas.platform.needs import Lack, Need
from schemas.problems import Path
from schemas.text.document import Node, descend

NAMES = {"ingress": "an Ingress", "gateway": "a Gateway", "istio": "Istio's Gateway"}
"""What each `ingress.kind` is called in a sentence."""

_ROUTED = frozenset({"gateway", "istio"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A field of a route that not every way in has a word for."""

    field: Path
    """Its path in a route."""
    ways: frozenset[str]
    """The kinds of way in that can say it."""
    takes_route: bool = False
    """Whether the route means something else without it, so that the whole of it goes with the field."""


WORDS: tuple[Word, ...] = (
    Word(field=("match", "methods"), ways=_ROUTED, takes_route=True),
    Word(field=("match", "headers"), ways=_ROUTED, takes_route=True),
    Word(field=("redirect",), ways=_ROUTED, takes_route=True),
    Word(field=("rewrite",), ways=_ROUTED, takes_route=True),
    Word(field=("timeout",), ways=_ROUTED),
    Word(field=("requestHeaders",), ways=_ROUTED),
    Word(field=("responseHeaders",), ways=_ROUTED),
    Word(field=("cors",), ways=_ROUTED),
)
"""What is not here, every way in can say: hosts, prefixes, whole paths, services, certificates.

Source: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/
"""


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
        kind = descend(entry, ("ingress", "kind"))
        asked = descend(spec, (*path, *word.field)) if word.takes_route else descend(spec, path)
        if kind is None or kind.value in word.ways or asked is None:
            return None
        goes = ", so the route would mean something else" if word.takes_route else ""
        return Lack(f"{NAMES[str(kind.value)]} has no word for `{'.'.join(map(str, word.field))}`{goes}")

    return missing


def _no_https(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say that a gateway sends a service plain HTTP: whose certificate it would have to trust is said nowhere.

    Source: https://gateway-api.sigs.k8s.io/api-types/backendtlspolicy/
    """
    kind = descend(entry, ("ingress", "kind"))
    if kind is None or kind.value == "ingress" or _spoken(spec, path) != "https":
        return None
    return Lack(f"{NAMES[str(kind.value)]} speaks plain HTTP to services, and this port speaks https")


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
            _ROUTE if word.takes_route else (*_ROUTE, *word.field),
            "SW5601",
            _no_word(word),
            ("ingress", "kind"),
            "Ask for `kind: gateway` there.",
            word.field if word.takes_route else (),
        )
        for word in WORDS
    ),
    Need(_ROUTE, "SW5602", _no_https, ("ingress", "kind"), "Lead it to a port that speaks HTTP.", ("service",)),
    Need(("ingress", "tls"), "SW5603", _no_tls, ("ingress",), "Say there where its certificate comes from: `tls`."),
)
"""What the way in has to have."""
