"""Watching: metrics that can be read, and promises whose breach can be seen in time."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise

from schemas.model import Metrics, Objectives, Service
from schemas.problems import Path, Problem, listed
from schemas.spec import Spec
from schemas.values.budget import BURNS, budget, is_percentile, percent_of, reachable
from schemas.values.quantity import exact_seconds

LONGEST_SECONDS = {"istio": 3600, "opentelemetry": 10, "grpc-prometheus": 10}
"""By who counts requests: the largest bucket of durations."""

_OFTEN_ENOUGH_SECONDS = 75
"""How seldom metrics may be read: four times in the five minutes over which rates are taken.

Source: https://www.robustperception.io/what-range-should-i-use-with-rate/
"""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield metrics that nobody can read, and objectives that say nothing or come too late."""
    for name, service in spec.application.services.items():
        wanted = service.observability
        path = ("services", name, "observability")
        if wanted is not None and wanted.metrics is not None:
            yield from _metrics(spec, service, wanted.metrics, path)
        if wanted is not None and wanted.objectives is not None:
            yield from _objectives(spec, service, wanted.objectives, path)
    yield from _overlooked(spec)


def _metrics(spec: Spec, service: Service, metrics: Metrics, path: Path) -> Iterator[Problem]:
    """Yield a metrics port that is not there, that speaks no HTTP, or that callers use."""
    at = (*path, "metrics", "port")
    name = _port_name(service, metrics.port)
    if name is None:
        there = [name for name, port in service.ports.items() if port.protocol == "TCP"]
        remark = f"There is {listed(there, 'and')}." if there else "It has no port."
        hint = "Name one, or add `ports: {metrics: {port: 9090, expose: false}}`."
        yield spec.problem(at, "SW5701", f"the service has no port `{metrics.port}` that speaks TCP. {remark}", hint)
        return
    if name == next(iter(service.exposed_ports), None):
        message = f"callers use `{name}`: who may read the metrics may call the service, and the other way round."
        hint = "Answer on a port of its own: `ports: {metrics: {port: 9090, expose: false}}`."
        yield spec.problem(at, "SW5702", message, hint, warning=not _is_strict(spec))


def _is_strict(spec: Spec) -> bool:
    """Return whether a mesh refuses plain text, by which Prometheus reads metrics."""
    mesh = spec.environment.mesh
    return mesh is not None and mesh.kind.startswith("istio-")


def _port_name(service: Service, reference: int | str) -> str | None:
    named = service.ports.items()
    return next((key for key, one in named if one.protocol == "TCP" and reference in (key, one.container_port)), None)


def _objectives(spec: Spec, service: Service, objectives: Objectives, path: Path) -> Iterator[Problem]:
    at = (*path, "objectives")
    if not service.exposed_ports:
        message = "a service that nobody calls has no requests that could succeed or be quick."
        yield spec.problem(at, "SW5703", message, "Take the objectives away.", at_key=True)
        return
    if objectives.availability_percent is not None:
        place = (*at, "availabilityPercent")
        yield from _reachable(spec, place, objectives.availability_percent, objectives.window_days)
    # A key of another form has been told, and is still there when the rest of the file is looked at.
    latency = {key: limit for key, limit in objectives.latency.items() if is_percentile(key)}
    for percentile in latency:
        place = (*at, "latency", percentile)
        yield from _reachable(spec, place, percent_of(percentile), objectives.window_days)
    yield from _latency(spec, service, latency, (*at, "latency"))
    yield from _interval(spec, service, path)


def _reachable(spec: Spec, place: Path, percent: float | Decimal, days: int) -> Iterator[Problem]:
    """Yield an objective that leaves no room, or so much that no alert comes in time."""
    left = budget(percent)
    if left == 0:
        message = "an objective of 100 percent leaves no room for a single failure, so every one would be an alarm."
        yield spec.problem(place, "SW5706", message, "Say how many nines people really notice, such as 99.9.")
        return
    pages = [burn for burn in reachable(left, days) if burn.severity == "page"]
    if not pages:
        first = BURNS[0]
        message = (
            f"{float(left) * 100:g} percent of the requests may miss it, so even when all do, "
            f"less than {first.spent_percent} percent of that is used up in an hour, and nobody is paged."
        )
        yield spec.problem(place, "SW5707", message, "Promise more, if somebody is to come.", warning=True)


def _latency(spec: Spec, service: Service, latency: Mapping[str, str], at: Path) -> Iterator[Problem]:
    """Yield durations that fall while percentiles rise, and those beyond what is told apart."""
    ordered = sorted(latency, key=percent_of)
    for lower, higher in pairwise(ordered):
        if exact_seconds(latency[lower]) >= exact_seconds(latency[higher]):
            message = f"{lower} within {latency[lower]} follows from {higher} within {latency[higher]}."
            yield spec.problem((*at, lower), "SW5708", message, f"Take {lower} away, or ask for less.", warning=True)
    who = _counter(spec, service)
    for percentile in ordered:
        if who is not None and exact_seconds(latency[percentile]) > LONGEST_SECONDS[who]:
            message = f"durations over {LONGEST_SECONDS[who]} seconds are not told apart by what counts them."
            yield spec.problem((*at, percentile), "SW5709", message, "Promise less than that.")


def _counter(spec: Spec, service: Service) -> str | None:
    """Return who counts a service's requests; nothing when nobody does, which the platform's needs tell."""
    if _is_strict(spec):
        return "istio"
    metrics = service.observability.metrics if service.observability else None
    return metrics.convention if metrics is not None else None


def _interval(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    metrics = service.observability.metrics if service.observability else None
    if metrics is None or metrics.interval is None or _is_strict(spec):
        return
    if exact_seconds(metrics.interval) > _OFTEN_ENOUGH_SECONDS:
        message = f"rates over five minutes need a reading every {_OFTEN_ENOUGH_SECONDS} seconds at least."
        yield spec.problem((*path, "metrics", "interval"), "SW5711", message, "Read more often.", warning=True)


def _overlooked(spec: Spec) -> Iterator[Problem]:
    """Yield extra objects that Prometheus does not pick: the classic failure that nothing reports."""
    monitoring = spec.environment.monitoring
    if monitoring is None:
        return
    for name, given in spec.application.extra_objects.items():
        if not str(given.get("apiVersion", "")).startswith("monitoring.coreos.com/"):
            continue
        labels = (given.get("metadata") or {}).get("labels") or {}
        lacking = [f"{key}: {value}" for key, value in monitoring.labels.items() if labels.get(key) != value]
        if lacking:
            message = f"Prometheus picks only what has the label {listed(lacking, 'and')}, so it overlooks this."
            hint = "Write it under `metadata.labels`."
            yield spec.problem(("extraObjects", name), "SW5704", message, hint, warning=True, at_key=True)
