"""The PrometheusRule of a service: what is recorded of it, and when somebody is alerted."""

from decimal import Decimal

from components.manifests.monitoring.alerts import burn_alerts
from components.manifests.monitoring.recording import SHORTEST, bad_rules, requests_rule
from components.manifests.monitoring.selected import selected
from components.manifests.monitoring.source import source
from components.manifests.objects import Manifest
from schemas.model import Application, Environment, Monitoring, Objectives, Service
from schemas.values.budget import budget, percent_of


def prometheus_rule(
    app: Application, environment: Environment, monitoring: Monitoring, service: Service
) -> Manifest | None:
    """Return the PrometheusRule of a service, or nothing when it promises nothing.

    Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
    """
    objectives = service.observability.objectives if service.observability else None
    if objectives is None:
        return None
    found = source(app, environment, service)
    missing = {"availability": found.errors(SHORTEST)} if objectives.availability_percent is not None else {}
    for percentile, duration in objectives.latency.items():
        missing[f"latency-{percentile}"] = found.slow(duration, SHORTEST)
    rules = [requests_rule(app, service, found), *bad_rules(app, service, missing)]
    for objective, left in budgets(objectives).items():
        rules += burn_alerts(app, monitoring, service, objective, left, objectives.window_days)
    head = selected("PrometheusRule", service.name, app, monitoring, service)
    return {**head, "spec": {"groups": [{"name": f"{app.namespace}.{service.name}", "rules": rules}]}}


def budgets(objectives: Objectives) -> dict[str, Decimal]:
    """Return by objective the share of requests that may miss it, by the names that the recorded series have."""
    available = objectives.availability_percent
    return {
        **({"availability": budget(available)} if available is not None else {}),
        **{f"latency-{percentile}": budget(percent_of(percentile)) for percentile in objectives.latency},
    }
