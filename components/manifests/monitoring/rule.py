"""The PrometheusRule of a service: what is recorded of it, and when somebody is alerted."""

from decimal import Decimal
from typing import Any

from components.manifests.monitoring.alerts import burn_alerts
from components.manifests.monitoring.plan import floor_rule, plan_alerts
from components.manifests.monitoring.recording import SHORTEST, Rule, bad_rules, requests_rule
from components.manifests.monitoring.selected import selected
from components.manifests.monitoring.source import source
from components.manifests.objects import Manifest
from components.manifests.scaling.demand import demand_rules
from components.manifests.scaling.floor import asks_prometheus
from schemas.model import Application, Environment, Monitoring, Objectives, Service
from schemas.values.budget import budget, percent_of


def prometheus_rule(
    app: Application, environment: Environment, monitoring: Monitoring, service: Service
) -> Manifest | None:
    """Return the PrometheusRule of a service, or nothing when no objective, plan or autoscaler asks for one.

    Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
    """
    objectives = service.observability.objectives if service.observability else None
    name = f"{app.namespace}.{service.name}"
    groups = []
    if demand := [rule for one in (service, *service.others.values()) for rule in demand_rules(app, environment, one)]:
        # As often as the autoscaler looks; Prometheus' own interval is often a minute.
        groups.append({"name": f"{name}.demand", "interval": "15s", "rules": demand})
    if environment.reads_rules:
        groups += _planned(app, environment, monitoring, service, name)
    if objectives is not None:
        groups.append({"name": name, "rules": _kept(app, environment, monitoring, service, objectives)})
    if not groups:
        return None
    return {**selected("PrometheusRule", service.name, app, monitoring, service), "spec": {"groups": groups}}


def _planned(
    app: Application, environment: Environment, monitoring: Monitoring, service: Service, name: str
) -> list[dict[str, Any]]:
    """Return the groups of a service's plan: what a week says is long to compute, so none is more often than needed."""
    groups: list[dict[str, Any]] = [
        {"name": f"{app.namespace}.{one.name}.floor", "interval": "1m", "rules": [floor_rule(app, one)]}
        for one in (service, *service.others.values())
        if asks_prometheus(app, environment, one)
    ]
    if service.name in app.plans:
        alerts = plan_alerts(app, environment, monitoring, service)
        groups.append({"name": f"{name}.plan", "interval": "2m", "rules": alerts})
    return groups


def _kept(
    app: Application, environment: Environment, monitoring: Monitoring, service: Service, objectives: Objectives
) -> list[Rule]:
    """Return what is recorded for a service's objectives, and the alerts."""
    found = source(app, environment, service)
    missing = {"availability": found.errors(SHORTEST)} if objectives.availability_percent is not None else {}
    for percentile, duration in objectives.latency.items():
        missing[f"latency-{percentile}"] = found.slow(duration, SHORTEST)
    rules = [requests_rule(app, service, found), *bad_rules(app, service, missing)]
    for objective, left in budgets(objectives).items():
        rules += burn_alerts(app, monitoring, service, objective, left, objectives.window_days)
    return rules


def budgets(objectives: Objectives) -> dict[str, Decimal]:
    """Return by objective the share of requests that may miss it, by the names that the recorded series have."""
    available = objectives.availability_percent
    return {
        **({"availability": budget(available)} if available is not None else {}),
        **{f"latency-{percentile}": budget(percent_of(percentile)) for percentile in objectives.latency},
    }
