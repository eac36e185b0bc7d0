"""The rules of an objective, run by Prometheus' own code over made-up requests: who is told, when, and when no more."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.verbs.render import objects
from schemas.resolve import resolve
from tests.conftest import ROOT, Files
from tests.monitoring.promtool import FIRING, Said, finds, takes

pytestmark = pytest.mark.sandbox

CASE = ROOT / "tests" / "cases" / "observability" / "expected.yaml"
PAGE = '{objective="availability", severity="critical"}'
TICKET = '{objective="availability", severity="warning"}'
LATE = '{objective="latency-p99", severity="critical"}'
HOUR, DAY = 60, 24 * 60
WEB = 'destination_service_namespace="shop-dev",destination_service_name="web"'
SIDECAR = f'istio_requests_total{{reporter="destination",{WEB},response_code="%s",grpc_response_status="%s"}}'
BUCKET = f'istio_request_duration_milliseconds_bucket{{reporter="destination",{WEB},le="%s"}}'
TIMED = f'istio_request_duration_milliseconds_count{{reporter="destination",{WEB}}}'
OK, BROKEN = SIDECAR % ("200", ""), SIDECAR % ("503", "")


def rule(files: Files, objectives: dict[str, Any], mesh: str | None = "istio-sidecar", **metrics: str) -> Any:
    """Return the spec of the PrometheusRule of a service that promises something."""
    observability: dict[str, Any] = {"objectives": objectives}
    if metrics:
        observability["metrics"] = {"port": "metrics", **metrics}
    ports = {"http": {"port": 8080}, "metrics": {"port": 9090, "expose": False}}
    files.services["web"] |= {"ports": ports, "observability": observability}
    del files.services["web"]["port"]
    files.platform["environments"]["dev"] |= {
        "installed": {"prometheus-operator": True},
        "monitoring": {"labels": {}},
        **({"mesh": {"kind": mesh}} if mesh else {}),
    }
    (found,) = (one for one in objects(resolve(files.project(), "dev")) if one["kind"] == "PrometheusRule")
    return found["spec"]


def steady(a_second: float, minutes: int) -> str:
    """Return a counter that grows by so much a second."""
    return f"0+{a_second * 60:g}x{minutes}"


def then(*parts: tuple[float, int]) -> str:
    """Return a counter that grows by so much a second for so many minutes, and then by so much for so many."""
    text, reached = [], 0.0
    for a_second, minutes in parts:
        text.append(f"{reached:g}+{a_second * 60:g}x{minutes - 1}")
        reached += a_second * 60 * minutes
    return " ".join(text)


@pytest.mark.parametrize("number", range(6))
def test_prometheus_takes_the_rules_of_every_kind_of_environment(number: int, tmp_path: Path) -> None:
    whole = [one for one in yaml.safe_load_all(CASE.read_text()) if one["kind"] == "PrometheusRule"]
    assert len(whole) == 6
    assert "SUCCESS" in takes(tmp_path, whole[number]["spec"])


def test_a_burst_of_errors_pages_within_the_hour_and_ends_soon_after(files: Files, tmp_path: Path) -> None:
    """Of ten requests a second one in twenty fails for half an hour: 1.44 % of an hour's after a good quarter."""
    rules, begun = rule(files, {"availabilityPercent": 99.9}), 27 * HOUR
    series = {
        OK: then((10, begun), (9.5, 30), (10, 2 * HOUR)),
        BROKEN: then((0, begun), (0.5, 30), (0, 2 * HOUR)),
    }
    said = [
        Said(begun, FIRING, {}),
        Said(begun + 15, FIRING, {}),
        Said(begun + 20, FIRING, {PAGE: 1}),
        Said(begun + 30, FIRING, {PAGE: 1}),
        Said(begun + 37, FIRING, {}),
        Said(begun + 2 * HOUR, FIRING, {}),
    ]
    finds(tmp_path, rules, series, said)


def test_an_outage_pages_within_minutes(files: Files, tmp_path: Path) -> None:
    rules, begun = rule(files, {"availabilityPercent": 99.9}), 6 * HOUR
    series = {OK: then((10, begun), (0, HOUR)), BROKEN: then((0, begun), (10, HOUR))}
    finds(tmp_path, rules, series, [Said(begun, FIRING, {}), Said(begun + 3, FIRING, {PAGE: 1, TICKET: 1})])


def test_a_slow_burn_opens_a_ticket_and_pages_nobody(files: Files, tmp_path: Path) -> None:
    """Twice as fast as the budget allows: after half a day without errors it takes another until it shows over both."""
    rules = rule(files, {"availabilityPercent": 99.9})
    series = {OK: then((10, DAY // 2), (9.98, DAY)), BROKEN: then((0, DAY // 2), (0.02, DAY))}
    said = [
        Said(DAY - HOUR, FIRING, {}),
        Said(DAY + HOUR, FIRING, {TICKET: 1}),
        Said(DAY + 6 * HOUR, FIRING, {TICKET: 1}),
    ]
    finds(tmp_path, rules, series, said)


def test_errors_that_the_budget_allows_tell_nobody(files: Files, tmp_path: Path) -> None:
    rules = rule(files, {"availabilityPercent": 99.9})
    series = {OK: steady(9.991, DAY), BROKEN: steady(0.009, DAY)}
    near = Said(DAY, "sum(stackwright:bad:ratio_rate1d) > bool 0.0008", {"{}": 1})
    finds(tmp_path, rules, series, [near, *(Said(minute, FIRING, {}) for minute in (10, HOUR, DAY // 2, DAY))])


def test_no_request_tells_nobody(files: Files, tmp_path: Path) -> None:
    """Neither a service that was never called, nor one that is called no more."""
    rules = rule(files, {"availabilityPercent": 99.9, "latency": {"p99": "300ms"}})
    finds(tmp_path, rules, {}, [Said(HOUR, FIRING, {}), Said(HOUR, "stackwright:requests:rate5m", {})])
    idle = {OK: then((10, HOUR), (0, 4 * HOUR)), TIMED: then((10, HOUR), (0, 4 * HOUR))}
    idle |= {BUCKET % bound: then((10, HOUR), (0, 4 * HOUR)) for bound in (250, 500)}
    finds(tmp_path, rules, idle, [Said(minute, FIRING, {}) for minute in (HOUR, 2 * HOUR, 5 * HOUR)])


def test_a_replaced_pod_is_no_error(files: Files, tmp_path: Path) -> None:
    """Its counters end, and another pod's begin at nothing."""
    rules = rule(files, {"availabilityPercent": 99.9})
    series = {
        OK.replace("{", '{pod="old",'): f"{steady(10, 2 * HOUR)} stale",
        OK.replace("{", '{pod="new",'): f"_x{2 * HOUR} {steady(10, 2 * HOUR)}",
        BROKEN.replace("{", '{pod="old",'): f"5+0x{2 * HOUR} stale",
        BROKEN.replace("{", '{pod="new",'): f"_x{2 * HOUR} 1+0x{2 * HOUR}",
    }
    finds(tmp_path, rules, series, [Said(2 * HOUR + minute, FIRING, {}) for minute in (0, 1, 2, 5, 60)])


def test_what_is_the_callers_fault_is_no_error(files: Files, tmp_path: Path) -> None:
    rules = rule(files, {"availabilityPercent": 99.9})
    faults = {SIDECAR % ("404", ""): 5, SIDECAR % ("200", "5"): 5, SIDECAR % ("200", "0"): 5, SIDECAR % ("0", ""): 1}
    series = {name: steady(each, HOUR) for name, each in faults.items()}
    finds(tmp_path, rules, series, [Said(HOUR, FIRING, {}), Said(HOUR, "sum(stackwright:bad:rate5m)", {"{}": 0})])


def test_a_failure_that_has_two_signs_counts_once(files: Files, tmp_path: Path) -> None:
    rules = rule(files, {"availabilityPercent": 99.9})
    both, grpc = SIDECAR % ("503", "14"), SIDECAR % ("200", "14")
    series = {OK: steady(8, HOUR), both: steady(1, HOUR), grpc: steady(1, HOUR)}
    finds(tmp_path, rules, series, [Said(HOUR, "sum(stackwright:bad:ratio_rate5m)", {"{}": 0.2})])


@pytest.mark.parametrize(("le", "other"), [("250", "500"), ("250.0", "500.0")], ids=["prometheus 2", "prometheus 3"])
def test_slow_requests_page(files: Files, tmp_path: Path, le: str, other: str) -> None:
    """Of ten a second, five take over half a second, and one between the buckets around the objective: 0.8 over it."""
    rules, begun = rule(files, {"latency": {"p99": "300ms"}}), 6 * HOUR
    series = {
        OK: steady(10, begun + HOUR),
        TIMED: steady(10, begun + HOUR),
        BUCKET % le: then((10, begun), (4, HOUR)),
        BUCKET % other: then((10, begun), (5, HOUR)),
    }
    late = {LATE.replace("critical", severity): 1 for severity in ("critical", "warning")}
    said = [
        Said(begun, FIRING, {}),
        Said(begun + 30, FIRING, late),
        Said(begun + 30, "sum(stackwright:bad:ratio_rate5m)", {"{}": 0.58}),
    ]
    finds(tmp_path, rules, series, said)


@pytest.mark.parametrize(
    ("mesh", "metrics", "good", "bad"),
    [
        ("istio-ambient", {}, OK.replace("destination", "waypoint", 1), BROKEN.replace("destination", "waypoint", 1)),
        (
            None,
            {"convention": "opentelemetry"},
            'http_server_request_duration_seconds_count{namespace="shop-dev",job="web",http_response_status_code="200"}',
            'http_server_request_duration_seconds_count{namespace="shop-dev",job="web",http_response_status_code="500"}',
        ),
        (
            None,
            {"convention": "grpc-prometheus"},
            'grpc_server_handled_total{namespace="shop-dev",job="web",grpc_code="OK"}',
            'grpc_server_handled_total{namespace="shop-dev",job="web",grpc_code="Unavailable"}',
        ),
    ],
    ids=["a waypoint", "opentelemetry", "grpc-prometheus"],
)
def test_whoever_counts_requests_an_outage_pages(
    files: Files, tmp_path: Path, mesh: str | None, metrics: dict[str, str], good: str, bad: str
) -> None:
    rules, begun = rule(files, {"availabilityPercent": 99.9}, mesh, **metrics), 2 * HOUR
    # Of the caller's own proxy, which counts the same requests.
    twice = {OK.replace("destination", "source", 1): steady(10, begun + HOUR)} if mesh else {}
    series = {**twice, good: then((10, begun), (5, HOUR)), bad: then((0, begun), (5, HOUR))}
    said = [
        Said(begun, FIRING, {}),
        Said(begun + 30, FIRING, {PAGE: 1, TICKET: 1}),
        Said(begun + 30, "sum(stackwright:requests:rate5m)", {"{}": 10}),
        Said(begun + 30, "sum(stackwright:bad:ratio_rate5m)", {"{}": 0.5}),
    ]
    finds(tmp_path, rules, series, said)
