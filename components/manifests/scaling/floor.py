"""The floor of a plan as windows of KEDA's, when they are few. Else it is one of the measures of Prometheus."""

from components.manifests.scaling.trigger import Trigger, cron_trigger
from schemas.model import Application, Environment, Scaling, Service
from schemas.plan.windows import is_series, windows


def asks_prometheus(app: Application, environment: Environment, service: Service) -> bool:
    """Return whether the autoscaler of a service, or of one version, asks Prometheus for the floor of its plan."""
    plan = app.plans.get(service.name)
    return service.scaling is not None and is_series(plan, service.scaling, environment)


def window_triggers(app: Application, environment: Environment, service: Service, scaling: Scaling) -> list[Trigger]:
    """Return a trigger for each window of a service's plan."""
    plan = app.plans.get(service.name)
    if plan is None or is_series(plan, scaling, environment):
        return []
    return [
        cron_trigger(f"plan-{number}", plan.time_zone, window.start_cron, window.end_cron, window.replicas)
        for number, window in enumerate(windows(plan, scaling.min), 1)
    ]
