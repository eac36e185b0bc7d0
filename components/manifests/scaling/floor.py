"""The floor of a plan as windows of KEDA's, when they are few. Else it is one of the measures of Prometheus."""

import math
from dataclasses import replace

from components.manifests.scaling.trigger import Trigger, cron_trigger
from schemas.model import Application, Environment, Scaling, Service
from schemas.plan.windows import is_series, windows


def asks_prometheus(app: Application, environment: Environment, service: Service) -> bool:
    """Return whether the autoscaler of a service, or of one version, asks Prometheus for the floor of its plan."""
    if service.scaling is None or not percent_of_floor(app, service):
        return False
    return is_series(app.plans.get(service.name), service.scaling, environment)


def window_triggers(app: Application, environment: Environment, service: Service, scaling: Scaling) -> list[Trigger]:
    """Return a trigger for each window of a service's plan."""
    plan = app.plans.get(service.name)
    if plan is None or is_series(plan, scaling, environment):
        return []
    percent = percent_of_floor(app, service)
    own = replace(plan, floor=tuple(math.ceil(count * percent / 100) for count in plan.floor))
    return [
        cron_trigger(f"plan-{number}", plan.time_zone, window.start_cron, window.end_cron, window.replicas)
        for number, window in enumerate(windows(own, scaling.min), 1)
    ]


def percent_of_floor(app: Application, service: Service) -> int:
    """Return how much of the floor another version of a service has: its share of the calls.

    The service itself keeps the whole, so that whoever takes a new version back waits for nobody.
    """
    if service.version_of is None:
        return 100
    split = app.services[service.version_of].traffic.split or {}
    return split.get(service.version, 0)
