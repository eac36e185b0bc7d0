"""A plan's rules, run by Prometheus' own code: the floor of each moment, and who is told when the plan is wrong."""

import random
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from components.manifests.monitoring.plan import FLOOR, ROOM, floor_rule, plan_alerts, second_of_week
from schemas.model import Mesh, Monitoring, Scaling, ScalingTargets
from schemas.model.observability import Severities
from schemas.plan.model import Plan
from schemas.plan.week import EPOCH, WEEK
from tests.manifests import models
from tests.monitoring.promtool import Said, finds, takes
from tests.schemas.plan.plans import plan

CALLS = 'istio_requests_total{reporter="destination",destination_service_namespace="shop-dev",destination_service_name="web"}'
LABELS = '{application="shop", environment="dev", namespace="shop-dev", service="web"}'
FIRING = 'count by (alertname, owner, severity) (ALERTS{alertstate="firing"})'
BEATEN, SOON, EXPIRED = (
    f'{{alertname="{name}", owner="team", severity="ticket"}}'
    for name in ("PlanBeaten", "PlanExpiresSoon", "PlanExpired")
)
DAY = 24 * 60


def early(each: int = 1, **changes: Any) -> Plan:
    """Return a plan of the first days of 1970, with a floor by chance that changes after so many quarters."""
    chance = random.Random(7)  # noqa: S311 - the same floor every time
    floor = [count for _ in range(WEEK // each) for count in [3 + chance.randrange(9)] * each]
    facts = {"generated": date(1970, 1, 1), "expires": date(1970, 1, 5), **changes}
    return plan(floor, **facts)


def rules(of: Plan) -> dict[str, Any]:
    """Return the rules of a service of this plan in a mesh."""
    web = models.service(scaling=Scaling(min=2, max=20, targets=ScalingTargets(cpu_percent=70), plan="web.yaml"))
    app = models.application(web, plans={"web": of})
    monitoring = Monitoring(labels={}, proxies=True, severities=Severities(page="page", ticket="ticket"))
    where = models.environment(
        mesh=Mesh(kind="istio-sidecar", cni=True, namespace="istio-system", trust_domain="cluster.local"),
        monitoring=monitoring,
    )
    return {"groups": [{"name": "web", "rules": [floor_rule(app, web), *plan_alerts(app, where, monitoring, web)]}]}


def counted(rates: Sequence[float]) -> dict[str, str]:
    """Return the counter of calls that grows by so many a second in each minute."""
    return {CALLS: " ".join(f"{total:.1f}" for total in accumulate((60 * rate for rate in rates), initial=0.0))}


@pytest.mark.sandbox
def test_the_floor_of_each_moment_is_the_plans_with_its_lead(tmp_path: Path) -> None:
    made = early(each=4, lead_seconds=420)
    assert "SUCCESS" in takes(tmp_path, rules(made))
    said = []
    for minute in (1, 7, 8, 14, 15, 22, 23, 60, 100):
        ahead, now = ((EPOCH + (minute + lead) // 15) % WEEK for lead in (7, 0))
        said.append(Said(minute, FLOOR, {f"{FLOOR}{LABELS}": made.floor[ahead]}))
        said.append(Said(minute, ROOM, {f"{ROOM}{LABELS}": made.floor[now] * 50}))
    finds(tmp_path, rules(made), counted([0] * 120), said)


@pytest.mark.sandbox
def test_an_expired_plan_has_no_floor_and_somebody_is_told(tmp_path: Path) -> None:
    made = early(each=96, expires=date(1970, 1, 5))
    end = 4 * DAY
    fires = {DAY - 2: {}, DAY + 2: {SOON: 1}, end - 2: {SOON: 1}, end + 2: {EXPIRED: 1}}
    said = [Said(minute, FIRING, alerts) for minute, alerts in fires.items()]
    said += [Said(end - 8, FLOOR, {f"{FLOOR}{LABELS}": made.floor[WEEK - 1]})]
    said += [Said(end + 2, FLOOR, {f"{FLOOR}{LABELS}": 0})]
    finds(tmp_path, rules(made), counted([0] * (end + 10)), said)


@pytest.mark.sandbox
def test_a_week_unlike_the_past_raises_an_alert_and_a_usual_one_does_not(tmp_path: Path) -> None:
    made = early(each=96, expires=date(1970, 1, 12))
    room = [made.floor[(EPOCH + minute // 15) % WEEK] * 50 for minute in range(2 * DAY)]
    usual = [0.8 * rate for rate in room]
    doubled = [(0.8 if minute < DAY else 1.6) * rate for minute, rate in enumerate(room)]
    finds(tmp_path, rules(made), counted(usual), [Said(minute, FIRING, {}) for minute in (DAY, 2 * DAY - 10)])
    # Of a day's quarters a tenth was expected to lack room, and a quarter more is too much: after about nine hours.
    said = [
        Said(DAY + 7 * 60, FIRING, {}),
        Said(DAY + 10 * 60, FIRING, {BEATEN: 1}),
        Said(2 * DAY - 10, FIRING, {BEATEN: 1}),
    ]
    finds(tmp_path, rules(made), counted(doubled), said)


@pytest.mark.sandbox
def test_a_rush_on_the_first_morning_of_a_plan_is_no_day_yet(tmp_path: Path) -> None:
    made = early(each=96, expires=date(1970, 1, 12))
    rush = [2 * made.floor[EPOCH] * 50 for _ in range(5 * 60)]
    finds(tmp_path, rules(made), counted(rush), [Said(minute, FIRING, {}) for minute in (30, 60, 5 * 60)])


@pytest.mark.parametrize(
    ("zone", "moment", "slot"),
    [
        ("UTC", datetime(2026, 11, 23, 8, 0, tzinfo=UTC), 32),
        ("Europe/Berlin", datetime(2026, 11, 23, 8, 0, tzinfo=UTC), 36),
        ("Asia/Kolkata", datetime(2026, 11, 22, 18, 30, tzinfo=UTC), 0),
        ("America/New_York", datetime(2026, 11, 23, 4, 59, tzinfo=UTC), WEEK - 1),
    ],
)
def test_the_hours_are_those_of_the_time_zone(zone: str, moment: datetime, slot: int) -> None:
    assert slot_at(early(generated=date(2026, 11, 20), expires=date(2026, 12, 4), time_zone=zone), moment) == slot


def test_summer_time_is_followed_from_the_moment_at_which_it_begins() -> None:
    made = early(generated=date(2026, 3, 23), expires=date(2026, 4, 6), time_zone="Europe/Berlin")
    assert slot_at(made, datetime(2026, 3, 27, 7, 0, tzinfo=UTC)) == 4 * 96 + 32
    assert slot_at(made, datetime(2026, 3, 29, 0, 59, tzinfo=UTC)) == 6 * 96 + 7
    assert slot_at(made, datetime(2026, 3, 29, 1, 0, tzinfo=UTC)) == 6 * 96 + 12
    assert slot_at(made, datetime(2026, 4, 3, 6, 0, tzinfo=UTC)) == 4 * 96 + 32


def test_a_plan_ends_by_its_own_clocks_as_its_windows_do() -> None:
    made = early(generated=date(2026, 11, 20), expires=date(2026, 12, 4), time_zone="America/New_York")
    ends = int(datetime(2026, 12, 4, 5, 0, tzinfo=UTC).timestamp())
    floor, *_, soon, stale = rules(made)["groups"][0]["rules"]
    assert floor["expr"].endswith(f"* (time() < bool {ends}))")
    assert soon["expr"] == f"vector(time()) >= {ends - 3 * 24 * 3600} < {ends}"
    assert stale["expr"] == f"vector(time()) >= {ends}"


def slot_at(made: Plan, moment: datetime) -> int:
    """Return in which quarter of the week the rules take a moment to be; their expression is plain arithmetic."""
    expression = second_of_week(made, 0)
    assert re.fullmatch(r"[a-z0-9()+*% >=-]+", expression)
    text = expression.replace("time()", str(int(moment.timestamp()))).replace(">= bool", ">=")
    return int(eval(text)) // 900  # noqa: S307 - held to the letters of arithmetic above
