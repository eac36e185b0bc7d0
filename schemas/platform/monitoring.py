"""What is watched needs of the platform: somebody who reads, counts and writes."""

from schemas.platform.needs import Lack, Need, installed, is_installed
from schemas.problems import Path
from schemas.text.document import Node, descend


def nothing_selects(_spec: Node, _path: Path, entry: Node) -> Lack | None:
    """Say that what is written for Prometheus would be overlooked."""
    if "monitoring" in entry.entries or not is_installed(entry, "prometheus-operator"):
        return None
    return Lack("the platform does not say by which labels Prometheus picks what it reads")


def nobody_counts(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say that neither the mesh nor the service itself counts requests under names known here."""
    convention = descend(spec, (*path[:-1], "metrics", "convention"))
    if _istio(entry) is not None or convention is not None:
        return None
    return Lack("nothing counts the requests of a service")


def _no_proxy_tells(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say that no proxy writes about a service's requests, or that the platform has no place for what it writes."""
    istio = _istio(entry)
    if istio is None:
        return Lack("there are no proxies of Istio, which would write this,")
    if istio == "istio-ambient" and not _is_called(spec, path[:2]):
        return Lack("a waypoint writes about calls to a Service, and this has none,")
    if descend(entry, ("monitoring", str(path[-1]))) is None:
        return Lack(f"the platform has no `monitoring.{path[-1]}`")
    return None


def _istio(entry: Node) -> str | None:
    kind = descend(entry, ("mesh", "kind"))
    return str(kind.value) if kind is not None and str(kind.value).startswith("istio-") else None


def _is_called(spec: Node, service: Path) -> bool:
    ports = descend(spec, (*service, "ports"))
    exposed = (descend(port, ("expose",)) for port in ports.entries.values()) if ports is not None else ()
    return any(one is None or one.value is not False for one in exposed)


OPERATOR = installed("prometheus-operator")
SELECTED = ("SW5712", nothing_selects, ("monitoring",), "Say there `monitoring: {labels: {release: …}}`.")
"""What rules and monitors need of a platform, as the rest of a need."""

_OBSERVED: Path = ("services", "*", "observability")

NEEDS: tuple[Need, ...] = (
    Need((*_OBSERVED, "metrics"), *OPERATOR),
    Need((*_OBSERVED, "metrics"), *SELECTED),
    Need((*_OBSERVED, "objectives"), *OPERATOR),
    Need((*_OBSERVED, "objectives"), *SELECTED),
    Need((*_OBSERVED, "objectives"), "SW5705", nobody_counts, ("mesh",), "Say its `metrics.convention`."),
    Need((*_OBSERVED, "tracing"), "SW5710", _no_proxy_tells, ("mesh",)),
    Need((*_OBSERVED, "accessLog"), "SW5710", _no_proxy_tells, ("mesh",)),
)
"""What watching needs."""
