"""A dashboard for Grafana about what an application promises, of the series that its alerts are about."""

import json
from typing import Any

from components.manifests.monitoring.promql import number
from components.manifests.monitoring.recording import BAD, picked, requests_name, share_name
from components.manifests.monitoring.rule import budgets
from components.manifests.objects import Manifest, content_hash, manifest
from schemas.model import Application, Dashboards, Objectives, Service
from schemas.values.budget import reachable

_NAME = "dashboard"
_WIDTH, _HEIGHT = 24, 8
"""Grafana's grid, and the height of a row of panels in it."""

_SOURCE = {"type": "prometheus", "uid": "${source}"}


def dashboard(app: Application, dashboards: Dashboards) -> Manifest | None:
    """Return the ConfigMap from which Grafana reads the application's dashboard, or nothing without an objective.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
    """
    promising = [
        (service, service.observability.objectives)
        for _, service in sorted(app.services.items())
        if service.observability is not None and service.observability.objectives is not None
    ]
    if not promising:
        return None
    panels: list[dict[str, Any]] = []
    for index, (service, objectives) in enumerate(promising):
        top = index * (1 + _HEIGHT)
        panels.append(_panel("row", service.name, (top, 0, _WIDTH), []))
        panels += _of_service(app, service, objectives, top + 1)
    model = {
        "uid": content_hash(app.namespace),
        "title": f"{app.name} in {app.environment}",
        "tags": ["stackwright"],
        "schemaVersion": 39,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus"}]},
        "panels": [{"id": index, **panel} for index, panel in enumerate(panels, 1)],
    }
    head = manifest("v1", "ConfigMap", _NAME, app)
    head["metadata"]["labels"] |= dashboards.labels
    # Grafana keeps one file a name, whatever the namespace, so the name has the application's.
    return {**head, "data": {f"{app.namespace}.json": json.dumps(model, indent=1)}}


def _of_service(app: Application, service: Service, objectives: Objectives, top: int) -> list[dict[str, Any]]:
    """Return the panels of a service: its requests, and for each objective how much misses it and what is left."""
    found = budgets(objectives)
    width = _WIDTH // (1 + 2 * len(found))
    requests = _target(picked(app, service, requests_name()), "requests")
    panels = [_panel("timeseries", "Requests a second", (top, 0, width), [requests], unit="reqps")]
    for place, (objective, left) in enumerate(found.items()):
        days = objectives.window_days
        shares = [
            _target(picked(app, service, share_name(window), objective=objective), window)
            for burn in reachable(left, days)
            for window in (burn.long,)
        ]
        shares.append(_target(f"vector({number(left)})", "allowed"))
        missed = [picked(app, service, BAD, objective=objective), picked(app, service, requests_name())]
        over = [f"sum(sum_over_time({one}[{days}d]))" for one in missed]
        rest = _target(f"1 - {over[0]} / {over[1]} / {number(left)}", "left")
        column = width * (1 + 2 * place)
        panels += [
            _panel("timeseries", f"{objective}: missed", (top, column, width), shares, unit="percentunit"),
            _panel("stat", f"{objective}: budget left", (top, column + width, width), [rest], unit="percentunit"),
        ]
    return panels


def _target(expression: str, legend: str) -> dict[str, Any]:
    return {"datasource": _SOURCE, "expr": expression, "legendFormat": legend}


def _panel(
    kind: str, title: str, place: tuple[int, int, int], targets: list[dict[str, Any]], unit: str | None = None
) -> dict[str, Any]:
    """Return a panel at a row and a column, with a width; letters tell its queries apart."""
    y, x, width = place
    height = 1 if kind == "row" else _HEIGHT
    found: dict[str, Any] = {"type": kind, "title": title, "gridPos": {"x": x, "y": y, "w": width, "h": height}}
    if targets:
        found["datasource"] = _SOURCE
        found["targets"] = [{"refId": chr(ord("A") + index), **one} for index, one in enumerate(targets)]
    if unit is not None:
        found["fieldConfig"] = {"defaults": {"unit": unit}, "overrides": []}
    return found
