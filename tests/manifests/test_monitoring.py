"""What watches a service that has several versions, or counts in buckets of its own."""

import json
from typing import Any

import pytest

from cli.verbs.render import objects
from components.manifests.monitoring.source import CONVENTIONS, ISTIO, Source
from schemas.resolve import resolve
from tests.conftest import Files

PORTS = {"http": {"port": 80, "targetPort": 8080}, "metrics": {"port": 9090}}
WATCHED = {
    "metrics": {"port": "metrics"},
    "accessLog": {"filter": "all"},
    "objectives": {"availabilityPercent": 99.9, "latency": {"p99": "1s"}},
}
PLATFORM: dict[str, Any] = {
    "installed": {"prometheus-operator": True},
    "mesh": {"kind": "istio-ambient"},
    "monitoring": {"labels": {"release": "prometheus"}, "accessLog": {"provider": "envoy"}, "dashboards": {}},
}


def rendered(files: Files, **service: Any) -> dict[str, dict[str, Any]]:
    """Return what watches the service `web`, by kind, and the shared dashboard."""
    files.services = {"web": {"image": "example.test/web:1", "ports": PORTS, "observability": WATCHED, **service}}
    files.platform["environments"]["dev"] |= PLATFORM
    found = objects(resolve(files.project(), "dev"))
    return {one["kind"]: one for one in found if one["metadata"]["name"] in ("web", "dashboard")}


def test_every_version_of_a_service_counts(files: Files) -> None:
    versions = {"next": {"image": "example.test/web:2"}}
    found = rendered(files, versions=versions, traffic={"split": {"main": 50, "next": 50}})
    first = found["PrometheusRule"]["spec"]["groups"][0]["rules"][0]
    assert 'destination_service_name=~"web|web-next"' in first["expr"]
    assert [one["name"] for one in found["Telemetry"]["spec"]["targetRefs"]] == ["web", "web-next"]
    assert "ServiceMonitor" not in found
    everyone = {"stackwright.dev/service": "web", "app.kubernetes.io/part-of": "shop"}
    assert found["PodMonitor"]["spec"]["selector"] == {"matchLabels": everyone}


def test_a_service_of_one_version_is_read_through_its_service(files: Files) -> None:
    found = rendered(files)
    assert "PodMonitor" not in found
    assert 'destination_service_name="web"' in found["PrometheusRule"]["spec"]["groups"][0]["rules"][0]["expr"]


def test_a_dashboard_shows_what_the_rules_record(files: Files) -> None:
    found = rendered(files)
    assert found["ConfigMap"]["metadata"]["labels"]["grafana_dashboard"] == "1"
    panels = json.loads(found["ConfigMap"]["data"]["shop-dev.json"])["panels"]
    asked = " ".join(target["expr"] for panel in panels for target in panel.get("targets", ()))
    recorded = {one["record"] for one in found["PrometheusRule"]["spec"]["groups"][0]["rules"] if "record" in one}
    shown = {name for name in recorded if f"{name}{{" in asked}
    assert recorded - shown == {f"stackwright:bad:ratio_rate{window}" for window in ("5m", "30m", "2h")}
    places = [tuple(panel["gridPos"].values()) for panel in panels]
    assert all(x + width <= 24 for x, _, width, _ in places)
    assert len(set(places)) == len(places)


@pytest.mark.parametrize(
    ("duration", "within"),
    [
        ("250ms", 'sum(rate(d_bucket{m, le=~"250([.]0)?"}[5m]))'),
        (
            "300ms",
            '(0.8 * sum(rate(d_bucket{m, le=~"250([.]0)?"}[5m])) + 0.2 * sum(rate(d_bucket{m, le=~"500([.]0)?"}[5m])))',
        ),
        ("1h", 'sum(rate(d_bucket{m, le=~"3600000([.]0)?"}[5m]))'),
    ],
)
def test_a_duration_between_buckets_is_on_the_straight_line(duration: str, within: str) -> None:
    named = Source(ISTIO, "m").slow(duration, "5m").replace(ISTIO.time, "d")
    assert named == f"sum(rate(d_count{{m}}[5m])) - {within}"


def test_a_duration_below_the_first_bucket_starts_at_nothing() -> None:
    found = Source(CONVENTIONS["opentelemetry"], "m")
    bucket = 'sum(rate(http_server_request_duration_seconds_bucket{m, le="0.005"}[5m]))'
    assert found.slow("1ms", "5m").endswith(f" - 0.2 * {bucket}")
