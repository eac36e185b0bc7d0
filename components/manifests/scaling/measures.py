"""What Prometheus measures of a service for its autoscaler, whoever asks: KEDA, or prometheus-adapter.

KEDA asks by a query. Through the adapter an autoscaler asks by a name and by labels, and the adapter's own rule makes
the same query of them: `docs/scaling.md` has the rules that a platform gives it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from components.manifests.monitoring.plan import FLOOR
from components.manifests.monitoring.promql import matchers
from components.manifests.monitoring.recording import picked, whose
from components.manifests.scaling.demand import CONCURRENT, REQUESTS
from components.manifests.scaling.floor import asks_prometheus
from schemas.model import Application, Environment, MetricTarget, NamedMetric, Scaling, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number that Prometheus has, and how much of it there is to be for each pod."""

    name: str
    """What the autoscaler calls it."""
    metric: str
    """Its name in the API of external metrics: what is recorded keeps its own, the platform's metrics have theirs."""
    labels: Mapping[str, str]
    query: str
    per_replica: float


def measures(app: Application, environment: Environment, service: Service, scaling: Scaling) -> Iterator[Measure]:
    """Yield what a service is scaled by that Prometheus knows."""
    targets = scaling.targets
    for name, series, per_replica in (
        ("requests", REQUESTS, targets.requests_per_second_per_replica),
        ("concurrency", CONCURRENT, targets.concurrent_requests_per_replica),
    ):
        if per_replica is not None:
            query = picked(app, service, series)
            labels = whose(app, service)
            yield Measure(name=name, metric=series, labels=labels, query=query, per_replica=per_replica)
    for name, target in sorted(targets.metrics.items()):
        metric = environment.metrics[name]
        labels = _labels(app, service, metric, target)
        query = f"{metric.aggregate}({metric.series}{{{matchers(labels)}}})"
        yield Measure(name=name, metric=name, labels=labels, query=query, per_replica=target.per_replica)
    if asks_prometheus(app, environment, service):
        query = picked(app, service, FLOOR)
        yield Measure(name="plan", metric=FLOOR, labels=whose(app, service), query=query, per_replica=1)


def _labels(app: Application, service: Service, metric: NamedMetric, target: MetricTarget) -> dict[str, str]:
    facts = {
        "namespace": app.namespace,
        "application": app.name,
        "environment": app.environment,
        "service": service.identity,
    }
    labels = {**{label: facts[fact] for label, fact in metric.labels.items()}, **target.where}
    return dict(sorted(labels.items()))
