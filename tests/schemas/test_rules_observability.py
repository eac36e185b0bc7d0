"""Rules and needs of watching: for each a spec that provokes it, beside the nearest one that does not."""

from typing import Any

import pytest

from components.manifests.monitoring.source import CONVENTIONS, ISTIO
from schemas.rules.observability import LONGEST_SECONDS
from schemas.values.budget import BURNS, WINDOWS, budget, reachable
from tests.conftest import Files

PORTS = {"http": {"port": 8080}, "metrics": {"port": 9090, "expose": False}, "dns": {"port": 53, "protocol": "UDP"}}
COUNTED = {"port": "metrics", "convention": "opentelemetry"}
ALL: dict[str, Any] = {
    "installed": {"prometheus-operator": True},
    "monitoring": {"labels": {"release": "prometheus"}, "tracing": {"provider": "otel"}},
}
SIDECAR = {**ALL, "mesh": {"kind": "istio-sidecar"}}
AMBIENT = {**ALL, "mesh": {"kind": "istio-ambient"}}


def promised(**objectives: Any) -> dict[str, Any]:
    return {"objectives": objectives}


LATE = {"port": "metrics", "convention": "opentelemetry", "interval": "76s"}
SOON = {"port": "metrics", "convention": "opentelemetry", "interval": "75s"}
GOOD = promised(availabilityPercent=99.9)

CASES: list[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    # What is wrong, where it is told, the platform, what `observability` provokes it and what does not.
    ("no port of that name", "SW5701 metrics.port", ALL, {"metrics": {"port": "m"}}, {"metrics": {"port": "metrics"}}),
    ("a port of UDP", "SW5701 metrics.port", ALL, {"metrics": {"port": 53}}, {"metrics": {"port": 9090}}),
    ("callers' port", "SW5702 metrics.port", ALL, {"metrics": {"port": "http"}}, {"metrics": {"port": "metrics"}}),
    ("no failure", "SW5706 objectives.availabilityPercent", SIDECAR, promised(availabilityPercent=100), GOOD),
    (
        "nobody is paged",
        "SW5707 objectives.availabilityPercent",
        SIDECAR,
        promised(availabilityPercent=83),
        promised(availabilityPercent=84),
    ),
    (
        "nobody is paged for half",
        "SW5707 objectives.latency.p50",
        SIDECAR,
        promised(latency={"p50": "1s"}),
        promised(latency={"p90": "1s"}),
    ),
    (
        "a latency that follows",
        "SW5708 objectives.latency.p90",
        SIDECAR,
        promised(latency={"p99": "1s", "p90": "1000ms"}),
        promised(latency={"p99": "1s", "p90": "999ms"}),
    ),
    (
        "above the largest bucket",
        "SW5709 objectives.latency.p99",
        ALL,
        {"metrics": COUNTED, **promised(latency={"p99": "11s"})},
        {"metrics": COUNTED, **promised(latency={"p99": "10s"})},
    ),
    (
        "above the mesh's largest bucket",
        "SW5709 objectives.latency.p99",
        SIDECAR,
        promised(latency={"p99": "2h"}),
        promised(latency={"p99": "1h"}),
    ),
    ("read too seldom", "SW5711 metrics.interval", ALL, {"metrics": LATE, **GOOD}, {"metrics": SOON, **GOOD}),
    ("nobody counts", "SW5705 objectives", ALL, GOOD, {"metrics": COUNTED, **GOOD}),
    (
        "no log of that kind",
        "SW5710 accessLog",
        SIDECAR,
        {"accessLog": {"filter": "all"}},
        {"tracing": {"samplingPercent": 1}},
    ),
]


def told(files: Files, platform: dict[str, Any], observability: dict[str, Any], **service: Any) -> list[str]:
    files.services["web"] = {"image": "example.test/web:1", "ports": PORTS, "observability": observability, **service}
    files.platform["environments"]["dev"] |= platform
    return [one.replace("spec.services.web.observability.", "") for one in files.problems()]


@pytest.mark.parametrize(
    ("where", "platform", "wrong", "right"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_rule_of_watching(
    files: Files, where: str, platform: dict[str, Any], wrong: dict[str, Any], right: dict[str, Any]
) -> None:
    assert told(files, platform, wrong) == [where]
    assert told(files, platform, right) == []


def test_what_a_worker_promises_has_no_requests(files: Files) -> None:
    worker = {"type": "worker", "ports": {"metrics": PORTS["metrics"]}}
    assert told(files, SIDECAR, GOOD, **worker) == ["SW5703 objectives"]
    assert told(files, SIDECAR, {"metrics": {"port": "metrics"}}, **worker) == []


def test_a_waypoint_writes_nothing_about_a_worker(files: Files) -> None:
    traced, worker = {"tracing": {"samplingPercent": 1}}, {"type": "worker", "ports": {"metrics": PORTS["metrics"]}}
    assert told(files, AMBIENT, traced, **worker) == ["SW5710 tracing"]
    assert told(files, SIDECAR, traced, **worker) == []


def test_a_mesh_that_refuses_plain_text_refuses_metrics_on_the_callers_port(files: Files) -> None:
    assert told(files, ALL, {"metrics": {"port": "http"}}) == ["SW5702 metrics.port"]
    assert [one.severity for one in files.resolve().warnings] == ["warning"]
    with pytest.raises(Exception, match="callers use `http`"):
        told(files, SIDECAR, {"metrics": {"port": "http"}}) and files.resolve()


@pytest.mark.parametrize("field", [{"metrics": {"port": "metrics"}}, {"metrics": COUNTED, **GOOD}])
def test_prometheus_operator_and_its_labels_are_needed(files: Files, field: dict[str, Any]) -> None:
    assert told(files, {"monitoring": ALL["monitoring"]}, field) == [f"SW3201 {key}" for key in field]
    assert told(files, {"installed": ALL["installed"], "monitoring": None}, field) == [f"SW5712 {key}" for key in field]
    assert told(files, {"installed": {}}, field) == [f"SW3201 {key}" for key in field]


def test_what_the_platform_lacks_is_left_out_where_it_says_so(files: Files) -> None:
    lacks = {"whenMissing": "omit", "mesh": {"kind": "gateway-api"}}
    wanted = {"metrics": COUNTED, "tracing": {"samplingPercent": 1}, "accessLog": {"filter": "all"}, **GOOD}
    assert sorted(told(files, lacks, wanted)) == [
        "SW3201 metrics",
        "SW3201 objectives",
        "SW5710 accessLog",
        "SW5710 tracing",
    ]
    left = files.resolve().application.services["web"].observability
    assert left is not None
    assert (left.metrics, left.tracing, left.access_log, left.objectives) == (None, None, None, None)


def test_an_extra_object_without_the_labels_is_overlooked(files: Files) -> None:
    head: dict[str, Any] = {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "spec": {}}
    files.platform["environments"]["dev"] |= ALL
    other = {"apiVersion": "v1", "kind": "LimitRange", "spec": {}}
    files.spec = {
        "extraObjects": {
            "none": head,
            "wrong": {**head, "metadata": {"labels": {"release": "other"}}},
            "right": {**head, "metadata": {"labels": {"release": "prometheus"}}},
            "other": other,
        }
    }
    assert files.problems() == ["SW5704 spec.extraObjects.none", "SW5704 spec.extraObjects.wrong"]


def test_the_largest_buckets_are_those_of_the_conventions() -> None:
    known = {"istio": ISTIO, **CONVENTIONS}
    assert {name: one.bounds[-1] * float(one.unit_seconds) for name, one in known.items()} == LONGEST_SECONDS


def test_the_alerts_are_those_of_the_workbook() -> None:
    """Source: https://sre.google/workbook/alerting-on-slos/, table 5-8."""
    assert [(burn.severity, burn.long, burn.short, float(burn.factor(30))) for burn in BURNS] == [
        ("page", "1h", "5m", 14.4),
        ("page", "6h", "30m", 6),
        ("ticket", "1d", "2h", 3),
        ("ticket", "3d", "6h", 1),
    ]
    assert WINDOWS == ("5m", "30m", "1h", "2h", "6h", "1d", "3d")


@pytest.mark.parametrize("days", [28, 30, 90])
def test_a_burn_uses_up_its_part_of_the_budget_in_its_long_window(days: int) -> None:
    left = budget(99.9)
    for burn, share in reachable(left, days).items():
        # Of as many requests every hour, this share fails over the long window; the budget is for the whole window.
        assert share * burn.hours == left * days * 24 * burn.spent_percent / 100


def test_what_no_share_can_reach_is_no_alert() -> None:
    assert [burn.long for burn in reachable(budget(90), 30)] == ["6h", "1d", "3d"]
    assert reachable(budget(100), 30) == dict.fromkeys(BURNS, 0)
