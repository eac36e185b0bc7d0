"""Recording rules: what alerts, dashboards and autoscalers read of a service, in few and cheap series.

Names are `level:metric:operations`, as Prometheus advises.
Source: https://prometheus.io/docs/practices/rules/
"""

from collections.abc import Mapping
from typing import Any

from components.manifests.monitoring.promql import matchers
from components.manifests.monitoring.source import Source
from schemas.model import Application, Service
from schemas.values.budget import WINDOWS

Rule = dict[str, Any]
"""A rule as Prometheus reads it."""

SHORTEST, *_LONGER = WINDOWS
"""The window over which rates are taken. The longer ones are sums over what was recorded of it, so what they cost does
not grow with the number of pods."""

BAD = f"stackwright:bad:rate{SHORTEST}"
"""The requests a second that miss an objective."""


def requests_name(window: str = SHORTEST) -> str:
    """Return the name of the series with a service's requests a second over a window."""
    return f"stackwright:requests:rate{window}"


def share_name(window: str) -> str:
    """Return the name of the series with the share of requests that miss an objective over a window."""
    return f"stackwright:bad:ratio_rate{window}"


def requests_rule(app: Application, service: Service, found: Source) -> Rule:
    """Return the rule that records a service's requests a second."""
    return {"record": requests_name(), "expr": found.requests(SHORTEST), "labels": identity(app, service)}


def bad_rules(app: Application, service: Service, missing: Mapping[str, str]) -> list[Rule]:
    """Return the rules that record what misses each objective, and its share over each window.

    `missing` has by objective the expression for the requests a second that miss it.
    """
    labels = identity(app, service)
    shares = {
        SHORTEST: _share(picked(app, service, BAD), picked(app, service, requests_name())),
        **{
            window: _share(
                f"sum_over_time({picked(app, service, BAD)}[{window}])",
                f"sum_over_time({picked(app, service, requests_name())}[{window}])",
            )
            for window in _LONGER
        },
    }
    return [
        *({"record": BAD, "expr": one, "labels": {**labels, "objective": name}} for name, one in missing.items()),
        *({"record": share_name(window), "expr": one} for window, one in shares.items()),
    ]


def picked(app: Application, service: Service, series: str, **more: str) -> str:
    """Return what picks a recorded series of one service."""
    return f"{series}{{{matchers({**whose(app, service), **more})}}}"


def whose(app: Application, service: Service) -> dict[str, str]:
    """Return the labels that tell the recorded series of one service from those of all others."""
    return {"namespace": app.namespace, "service": service.name}


def identity(app: Application, service: Service) -> dict[str, str]:
    """Return the labels of everything that is recorded of a service."""
    where = {"application": app.name, "environment": app.environment}
    return {**where, "namespace": app.namespace, "service": service.name}


def _share(part: str, whole: str) -> str:
    """Return the share of each objective's bad requests; those labels are the only ones that differ."""
    return f"{part} / ignoring (objective) group_left () {whole}"
