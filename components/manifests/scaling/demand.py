"""What is asked of a service, as Prometheus records it for its autoscaler.

A counter that nobody has moved yet is not there, and neither is one that nobody reads any more. So what was counted
within the last hour and is not there now is unknown, and the autoscaler falls back; what was not there for an hour is
taken for nothing.
"""

from components.manifests.monitoring.recording import Rule, identity, requests_name
from components.manifests.monitoring.source import Source, source
from schemas.model import Application, Environment, Service

WINDOW = "1m"
"""Over which rates are taken: an autoscaler should hear of a rush within a minute."""

REQUESTS = requests_name(WINDOW)
"""The series with a service's requests a second."""
CONCURRENT = f"stackwright:requests:concurrent{WINDOW}"
"""The series with the requests that a service has in work."""


def demand_rules(app: Application, environment: Environment, service: Service) -> list[Rule]:
    """Return the rules that record what a service's autoscaler asks for."""
    targets = service.scaling.targets if service.scaling else None
    if targets is None:
        return []
    rules = []
    if targets.requests_per_second_per_replica is not None:
        found = _counted(app, environment, service)
        rules.append(_rule(app, service, REQUESTS, found.requests(WINDOW), found))
    if targets.concurrent_requests_per_replica is not None:
        found = _counted(app, environment, service)
        rules.append(_rule(app, service, CONCURRENT, found.concurrent(WINDOW), found))
    return rules


def _counted(app: Application, environment: Environment, service: Service) -> Source:
    """Return who counts: of a service that may have no pods, those who call it."""
    from_zero = service.scaling is not None and service.scaling.min == 0
    is_one_of_several = service.version_of is not None or bool(service.others)
    return source(app, environment, service, from_callers=from_zero, of_version=is_one_of_several and not from_zero)


def _rule(app: Application, service: Service, name: str, expression: str, found: Source) -> Rule:
    return {"record": name, "expr": f"{expression} or {found.absent('1h')}", "labels": identity(app, service)}
