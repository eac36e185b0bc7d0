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
A_SECOND = 60
"""Requests a minute that are one a second."""
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
    return f"0+{a_second * A_SECOND:g}x{minutes}"


def then(*parts: tuple[float, int]) -> str:
    """Return a counter that grows by so much a second for so many minutes, and then by so much for so many."""
    text, reached = [], 0.0
    for a_second, minutes in parts:
        text.append(f"{reached:g}+{a_second * A_SECOND:g}x{minutes - 1}")
        reached += a_second * A_SECOND * minutes
    return " ".join(text)


@pytest.mark.parametrize("number", range(6))
def test_prometheus_takes_the_rules_of_every_kind_of_environment(number: int, tmp_path: Path) -> None:
    whole = [one for one in yaml.safe_load_all(CASE.read_text()) if one["kind"] == "PrometheusRule"]
    assert len(whole) == 6
    assert "SUCCESS" in takes(tmp_path, whole[number]["spec"])


def test_a_burst_of_errors_pages_within_the_hour_and_ends_soon_after(files: Files, tmp_path: Path) -> None:
    """Of ten requests a second one in twenty fails for half an hour: 1.44 % of an hour's after a good quarter."""
    rules, begun = rule(files, {"availabilityPercent": 99.9}), 2 * HOUR
    series = {
        OK: then((10, begun), (9.5, 30), (10, 2 * HOUR)),
        BROKEN: then((0, begun), (0.5, 30), (0, 2 * HOUR)),
    }
    said = [
        Said(begun, FIRING, {}),
        Said(begun + 15, FIRING, {TICKET: 1}),
        Said(begun + 22, FIRING, {PAGE: 1, TICKET: 1}),
        Said(begun + 30, FIRING, {PAGE: 1, TICKET: 1}),
        Said(begun + 90, FIRING, {TICKET: 1}),
    ]
    finds(tmp_path, rules, series, said)
