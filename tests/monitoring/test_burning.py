"""The alert of an objective, for real: pods in the mesh, a Prometheus that reads their proxies, and a fault."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox import lifecycle
from sandbox.layout import layout
from tests.cluster.waiting import eventually
from tests.monitoring.burning import A_SECOND, FASTER, asked, breaks, burning, firing, heals, logged, value

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
    with burning(tmp_path, layout()):
        rate = 'stackwright:requests:rate5m{namespace="burning-dev", service="web"}'
        eventually(lambda: value(rate), lambda one: one is not None and one > A_SECOND / 2, 120)
        # The program's own metrics are read too, past strict mTLS and a policy that denies everybody.
        own = 'sum(rate(answers_total{namespace="burning-dev", job="web"}[20s]))'
        eventually(lambda: value(own), lambda one: one is not None and one > A_SECOND / 2, 60)
        time.sleep(10 * MINUTE)
        assert value('max(stackwright:bad:ratio_rate1h{namespace="burning-dev"})') == 0
        assert firing() == []
        assert logged("web") == set()

        breaks()
        fired = seconds_until(lambda: bool(firing(severity="critical")), 60 * MINUTE)
        (alert,) = firing(severity="critical")
        whose = {"application": "burning", "environment": "dev", "service": "web", "owner": "team"}
        assert {**whose, "objective": "availability", "alertname": "ErrorBudgetBurn"}.items() <= alert.items()
        assert logged("web") == {500}
        assert logged("caller") == {500}
        time.sleep(2 * MINUTE)

        heals()
        # The longer of the short windows, of rates that each look back five minutes.
        ended = seconds_until(lambda: not firing(severity="critical"), (30 + 5) * MINUTE + 4 * READING)
        assert asked(rate)
        print(f"\nfired after {fired:.0f} s, ended after {ended:.0f} s; windows are {FASTER} times shorter")
