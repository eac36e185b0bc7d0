"""Every object by which an application is watched."""

from components.manifests.monitoring.dashboard import dashboard
from components.manifests.monitoring.monitor import monitor, proxy_monitor
from components.manifests.monitoring.policy import proxy_policies
from components.manifests.monitoring.rule import prometheus_rule
from components.manifests.objects import Manifest
from schemas.model import Application, Environment, Service


def shared_monitoring(app: Application, environment: Environment) -> list[Manifest]:
    """Return what holds for all services: the mesh's proxies are read, and a dashboard shows what is promised."""
    monitoring = environment.monitoring
    if monitoring is None:
        return []
    found = [*proxy_policies(app, environment, monitoring), proxy_monitor(app, environment, monitoring)]
    if monitoring.dashboards is not None:
        found.append(dashboard(app, monitoring.dashboards))
    return [one for one in found if one is not None]


def monitoring_objects(app: Application, environment: Environment, service: Service) -> list[Manifest]:
    """Return what holds for one service: its metrics are read, and rules follow from what it promises.

    The platform's needs take out of a spec what no Prometheus is there for.
    """
    monitoring = environment.monitoring
    if monitoring is None:
        return []
    found = [monitor(app, monitoring, service), prometheus_rule(app, environment, monitoring, service)]
    return [one for one in found if one is not None]
