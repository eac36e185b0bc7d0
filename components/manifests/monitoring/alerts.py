"""Alerts: somebody hears of it when the errors that an objective leaves room for are used up too fast."""

from decimal import Decimal

from components.manifests.monitoring.promql import number
from components.manifests.monitoring.recording import Rule, identity, picked, share_name
from schemas.model import Application, Monitoring, Service
from schemas.values.budget import BURNS, reachable

_SEVERITIES = tuple(dict.fromkeys(burn.severity for burn in BURNS))


def burn_alerts(
    app: Application, monitoring: Monitoring, service: Service, objective: str, left: Decimal, days: int
) -> list[Rule]:
    """Return the alerts of one objective: one that pages, and one that opens a ticket.

    Args:
        app: the service's application.
        monitoring: how its environment routes alerts.
        service: the service.
        objective: what is promised, as the recorded series call it.
        left: the share of requests that may miss it.
        days: over how many days.

    """
    annotations = {
        "summary": f"{service.name} of {app.name} in {app.environment} uses up its error budget for {objective}.",
        "description": f"{{{{ $value | humanizePercentage }}}} of its requests miss the objective; over {days} days "
        f"{number(left * 100)}% may.",
    }
    found = []
    for severity in _SEVERITIES:
        holds = [
            f"({_over(app, service, objective, burn.long, share)} and "
            f"{_over(app, service, objective, burn.short, share)})"
            for burn, share in reachable(left, days).items()
            if burn.severity == severity
        ]
        if holds:
            routed = {"owner": app.owner, "severity": getattr(monitoring.severities, severity)}
            labels = {**identity(app, service), "objective": objective, **routed}
            head = {"alert": "ErrorBudgetBurn", "expr": " or ".join(holds)}
            found.append({**head, "labels": labels, "annotations": annotations})
    return found


def _over(app: Application, service: Service, objective: str, window: str, share: Decimal) -> str:
    return f"{picked(app, service, share_name(window), objective=objective)} > {number(share)}"
