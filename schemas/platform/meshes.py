"""What each mesh can express of what a spec asks of traffic: the one table.

What a mesh cannot express is told at the field; `docs/meshes.md` shows the table to people.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from schemas.platform.needs import Lack, Need
from schemas.problems import Path, listed, written
from schemas.text.document import Node, descend

UNSAID = "SW3301"
"""The code of what a mesh cannot express."""

PLAIN = "none"
"""Kubernetes alone: an environment whose platform says no `mesh`."""

TITLES: Mapping[str, str] = {
    "istio-sidecar": "Istio with sidecars",
    "istio-ambient": "Istio without sidecars",
    "gateway-api": "a mesh that takes HTTPRoutes",
    PLAIN: "Kubernetes without a mesh",
}
"""What each mesh is called in a sentence."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that a spec may ask of traffic, and what says so in each mesh that can."""

    path: Path
    """Its path in a service."""
    said_by: Mapping[str, str]
    """By mesh, the field of an object that says so. A mesh that is not here cannot express it."""
    keys: tuple[str, ...] = ()
    """Where only some keys of the field are meant: which."""
    since: Mapping[str, str] = field(default_factory=dict)
    """By mesh, the version of Istio that it needs, above the oldest that a platform may have."""
    remark: str = ""
    """What there is instead, for the error, where it cannot be expressed."""


def istio(said_by: str) -> dict[str, str]:
    """Return that both forms of Istio say the same."""
    return {"istio-sidecar": said_by, "istio-ambient": said_by}


_BALANCING: Path = ("traffic", "loadBalancing")
_RULE = "DestinationRule `"
_POOL = f"{_RULE}connectionPool"

WISHES: tuple[Wish, ...] = (
    Wish((*_BALANCING, "algorithm"), istio(f"{_RULE}loadBalancer.simple`")),
    Wish(
        (*_BALANCING, "consistentHash"),
        istio(f"{_RULE}loadBalancer.consistentHash`"),
        keys=("header", "cookie", "queryParameter"),
    ),
    Wish(
        (*_BALANCING, "consistentHash"),
        {"istio-sidecar": f"{_RULE}loadBalancer.consistentHash`", PLAIN: "Service `sessionAffinity: ClientIP`"},
        keys=("sourceAddress",),
    ),
    Wish((*_BALANCING, "warmup"), istio(f"{_RULE}loadBalancer.warmup`")),
    Wish(
        ("traffic", "timeout"),
        {
            "istio-sidecar": "VirtualService `http.timeout`",
            "istio-ambient": "HTTPRoute `timeouts.request`",
            "gateway-api": "HTTPRoute `timeouts.request`",
        },
    ),
    Wish(
        ("traffic", "retries"),
        {"istio-sidecar": "VirtualService `http.retries`, and of the budget DestinationRule `retryBudget`"},
    ),
    Wish(("traffic", "circuitBreaker", "maxConnections"), istio(f"{_POOL}.tcp.maxConnections`")),
    Wish(("traffic", "circuitBreaker", "maxPendingRequests"), istio(f"{_POOL}.http.http1MaxPendingRequests`")),
    Wish(("traffic", "circuitBreaker", "maxRequests"), istio(f"{_POOL}.http.http2MaxRequests`")),
    Wish(("traffic", "circuitBreaker", "ejection"), istio(f"{_RULE}outlierDetection`")),
    Wish(
        ("traffic", "circuitBreaker", "ejection", "errorCodes"),
        istio(f"{_RULE}outlierDetection.outlierDetectionHttpErrorCodes`"),
        since={"istio-sidecar": "1.31", "istio-ambient": "1.31"},
    ),
    Wish(("traffic", "locality", "prefer"), dict.fromkeys(TITLES, "Service `trafficDistribution`")),
    Wish(
        ("traffic", "locality", "failover"),
        istio(f"{_RULE}loadBalancer.localityLbSetting.failoverPriority`"),
        remark=" `prefer: zone` needs no mesh.",
    ),
    Wish(
        ("traffic", "split"),
        {
            "istio-sidecar": "VirtualService `route.weight`",
            "istio-ambient": "HTTPRoute `backendRefs.weight`",
            "gateway-api": "HTTPRoute `backendRefs.weight`",
            PLAIN: "Service `selector`, where one version gets all",
        },
    ),
    Wish(
        ("traffic", "mirror"),
        {
            "istio-sidecar": "VirtualService `http.mirrors`",
            "istio-ambient": "HTTPRoute filter `RequestMirror`",
            "gateway-api": "HTTPRoute filter `RequestMirror`",
        },
    ),
    Wish(("traffic", "fault"), {"istio-sidecar": "VirtualService `http.fault`"}),
)
"""Every wish. A field that only some meshes can express adds a row."""


def mesh_of(entry: Node) -> str:
    """Return the mesh of a platform's entry."""
    kind = descend(entry, ("mesh", "kind"))
    return str(kind.value) if kind is not None else PLAIN


def is_meant(wish: Wish, asked: Node) -> bool:
    """Return whether what a spec says at the path of a wish is this wish."""
    return not wish.keys or any(key in asked.entries for key in wish.keys)


def inexpressible(wish: Wish, mesh: str) -> bool:
    """Return whether a mesh cannot express a wish, though it could express all that is around it."""
    return mesh not in wish.said_by and not any(
        mesh not in one.said_by for one in WISHES if len(one.path) < len(wish.path) and _holds(one, wish)
    )


def _holds(outer: Wish, inner: Wish) -> bool:
    return inner.path[: len(outer.path)] == outer.path


def newer(wish: Wish, mesh: str, version: str) -> str | None:
    """Return the version of Istio that a wish needs, when that is newer than the one there is."""
    needed = wish.since.get(mesh)
    return needed if needed is not None and is_older(version, needed) else None


def is_older(version: str, needed: str) -> bool:
    """Return whether one version of Istio comes before another."""
    return _number(version) < _number(needed)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _no_words(wish: Wish) -> Callable[[Node, Path, Node], Lack | None]:
    def missing(spec: Node, path: Path, entry: Node) -> Lack | None:
        asked, mesh = descend(spec, path), mesh_of(entry)
        if asked is None or not is_meant(wish, asked) or not inexpressible(wish, mesh):
            return None
        name = written((*(path[3:] or path[2:]), *(key for key in wish.keys if key in asked.entries)))
        able = listed(one for one in wish.said_by if one != PLAIN)
        return Lack(f"{TITLES[mesh]} cannot express `{name}`", f" It takes {able}.{wish.remark}")

    return missing


def _too_old(wish: Wish) -> Callable[[Node, Path, Node], Lack | None]:
    def missing(_spec: Node, _path: Path, entry: Node) -> Lack | None:
        version = str(entry.entries["versions"].entries["istio"].value)
        needed = newer(wish, mesh_of(entry), version)
        return Lack(f"this needs Istio {needed}, and there is {version}") if needed is not None else None

    return missing


def need(wish: Wish) -> Need:
    """Return that a wish needs a mesh that can express it."""
    return Need(("services", "*", *wish.path), UNSAID, _no_words(wish), ("mesh", "kind"), "Leave it out there.")


NEEDS: tuple[Need, ...] = (
    *map(need, WISHES),
    *(
        Need(("services", "*", *one.path), "SW3302", _too_old(one), ("versions", "istio"))
        for one in WISHES
        if one.since
    ),
)
"""What traffic needs of the mesh."""
