"""The alert of an objective, for real: pods in the mesh, a Prometheus that reads their proxies, and a fault."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox import lifecycle
from sandbox.layout import layout
from tests.cluster.waiting import eventually
from tests.monitoring.burning import A_SECOND, FASTER, burning

pytestmark = pytest.mark.prove

MINUTE = 60 / FASTER
"""A minute of the rules, in seconds."""
READING = 5
"""How often Prometheus reads and evaluates, in seconds."""


def seconds_until(holds: Callable[[], bool], within: float) -> float:
    begun = time.monotonic()
    eventually(holds, bool, within)
    return time.monotonic() - begun


def test_the_alert_of_an_objective_fires_when_the_service_fails_and_ends_after(tmp_path: Path) -> None:
    lifecycle.up(addons=["istio", "prometheus"])
    with burning(tmp_path, layout()) as one:
        eventually(lambda: one.value("stackwright:requests:rate5m{NS}"), lambda rate: (rate or 0) > A_SECOND / 2, 120)
        # The program's own metrics are read too, past strict mTLS and a policy that denies everybody.
        own = 'sum(rate(answers_total{NS, job="web"}[20s]))'
        eventually(lambda: one.value(own), lambda rate: (rate or 0) > A_SECOND / 2, 60)
        time.sleep(10 * MINUTE)
        assert one.value("max(stackwright:bad:ratio_rate1h{NS})") == 0
        assert one.firing("critical") == one.firing("warning") == []
        # The caller's proxy may have written about the time before there was anybody to call.
        assert one.logged("web") == set()
        assert 200 not in one.logged("caller")

        one.breaks()
        fired = seconds_until(lambda: bool(one.firing("critical")), 60 * MINUTE)
        (alert,) = one.firing("critical")
        whose = {"application": one.name, "environment": "dev", "service": "web", "owner": "team"}
        assert {**whose, "objective": "availability", "alertname": "ErrorBudgetBurn"}.items() <= alert.items()
        assert one.logged("web") == {500}
        assert 500 in one.logged("caller")
        assert 200 not in one.logged("caller")
        time.sleep(2 * MINUTE)

        one.heals()
        # The longer of the short windows, of rates that each look back five minutes.
        ended = seconds_until(lambda: not one.firing("critical"), (30 + 5) * MINUTE + 4 * READING)
        assert (one.value("stackwright:requests:rate5m{NS}") or 0) > A_SECOND / 2
        print(f"\nfired after {fired:.0f} s, ended after {ended:.0f} s; windows are {FASTER} times shorter")
