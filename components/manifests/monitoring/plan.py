"""A plan as Prometheus rules: the floor of each moment, and alerts when the plan is old or wrong.

Prometheus knows UTC alone, so the time zone's offset is written out, with the moments at which it changes.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from components.manifests.monitoring.recording import Rule, identity, picked
from components.manifests.monitoring.source import is_counted, source
from schemas.model import Application, Environment, Monitoring, Service
from schemas.plan.model import Plan
from schemas.plan.problems import SOON
from schemas.plan.week import DAY, EPOCH, SLOT_SECONDS, WEEK

FLOOR = "stackwright:plan_floor:replicas"
ROOM = "stackwright:plan_room:rate"
"""The rate that the planned replicas have room for."""
DEMAND = "stackwright:plan_requests:rate1m"
"""What comes instead, to every version of the service."""
SURPRISE = 0.25
"""A day is unlike the past when the planned replicas lack room more often than expected, by this share of its time."""


def floor_rule(app: Application, service: Service) -> Rule:
    """Return the rule that records the floor of a plan with its lead.

    From the day on which the plan expires it is 0, and the autoscaler is alone.
    """
    plan = app.plans[service.name]
    floor = f"({_steps(plan, plan.lead_seconds)}) * (time() < bool {_end(plan)})"
    return {"record": FLOOR, "expr": f"vector({floor})", "labels": identity(app, service)}


def plan_alerts(app: Application, environment: Environment, monitoring: Monitoring, service: Service) -> list[Rule]:
    """Return the rules by which somebody hears that a plan is to end or has, or that more comes than it has room for.

    Where nobody counts the requests, nobody can say the latter.
    """
    plan = app.plans[service.name]
    labels = identity(app, service)
    routed = {**labels, "owner": app.owner, "severity": monitoring.severities.ticket}
    rules: list[Rule] = []
    if is_counted(environment, service):
        from_zero = service.scaling is not None and service.scaling.min == 0
        demand = source(app, environment, service, from_callers=from_zero).requests("1m")
        rules += [
            {"record": ROOM, "expr": f"vector(({_steps(plan, 0)}) * {plan.capacity:g})", "labels": labels},
            {"record": DEMAND, "expr": demand, "labels": labels},
            _beaten(app, service, plan, routed),
        ]
    return [*rules, *_old(service, plan, routed)]


def second_of_week(plan: Plan, lead: int) -> str:
    """Return how many seconds of the week have gone by, or will have after a lead, by the clocks of the plan."""
    begin = datetime.combine(plan.generated, time(), UTC) - timedelta(days=1)
    end = datetime.combine(plan.expires, time(), UTC) + timedelta(days=1)
    first, changes = _offsets(ZoneInfo(plan.time_zone), begin, end)
    terms = [f"time() + {EPOCH * SLOT_SECONDS + lead + first}"]
    terms += [f"(time() + {lead} >= bool {moment}) * {change}" for moment, change in changes]
    return f"({' + '.join(terms)}) % {WEEK * SLOT_SECONDS}"


@lru_cache(maxsize=256)
def _offsets(zone: ZoneInfo, begin: datetime, end: datetime) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Return a zone's offset from UTC in seconds at first, and when and by how much it changes until the end."""

    def offset(moment: datetime) -> int:
        found = moment.astimezone(zone).utcoffset()
        return int(found.total_seconds()) if found is not None else 0

    changes = []
    moment = begin
    while moment < end:
        later = moment + timedelta(seconds=SLOT_SECONDS)
        if offset(later) != offset(moment):
            changes.append((int(later.timestamp()), offset(later) - offset(moment)))
        moment = later
    return offset(begin), tuple(changes)


def _steps(plan: Plan, lead: int) -> str:
    """Return the floor as a sum of the steps since Monday: plain numbers, for a series read in each would be slow."""
    second = second_of_week(plan, lead)
    return " ".join([f"{plan.floor[0]}", *_changes(plan, second)])


def _changes(plan: Plan, second: str) -> Iterator[str]:
    for slot in range(1, WEEK):
        change = plan.floor[slot] - plan.floor[slot - 1]
        if change:
            yield f"{'+' if change > 0 else '-'} {abs(change)} * ({second} >= bool {slot * SLOT_SECONDS})"


def _old(service: Service, plan: Plan, labels: dict[str, str]) -> list[Rule]:
    """Return an alert for the last days of a plan, so that the next one is there in time, and one from its end on."""
    end = _end(plan)
    begins = end - int(SOON.total_seconds())
    hint = "Make a new one with `stackwright forecast`."
    soon = f"The plan of {service.name} expires on {plan.expires}, and its autoscaler is alone then."
    over = f"The plan of {service.name} expired on {plan.expires}: its autoscaler is alone."
    return [
        {"alert": name, "expr": when, "labels": labels, "annotations": {"summary": summary, "description": hint}}
        for name, when, summary in (
            ("PlanExpiresSoon", f"vector(time()) >= {begins} < {end}", soon),
            ("PlanExpired", f"vector(time()) >= {end}", over),
        )
    ]


def _beaten(app: Application, service: Service, plan: Plan, labels: dict[str, str]) -> Rule:
    share = min(0.95, 1 - plan.expected_coverage_percent / 100.0 + SURPRISE)
    # A sum and no average: what was not counted lacked no room, so the first hours of a plan are not taken for a day.
    more = f"{picked(app, service, DEMAND)} > bool {picked(app, service, ROOM)}"
    return {
        "alert": "PlanBeaten",
        "expr": f"sum_over_time(({more})[1d:15m]) / {DAY} > {share:.2f}",
        "for": "15m",
        "labels": labels,
        "annotations": {
            "summary": f"More came to {service.name} within a day than its plan has room for, too often to be chance.",
            "description": "The week is unlike the past. Make a new plan with `stackwright forecast`.",
        },
    }


def _end(plan: Plan) -> int:
    """Return when a plan expires, in seconds since 1970: its day begins by its own clocks, as its windows end."""
    return int(datetime.combine(plan.expires, time(), ZoneInfo(plan.time_zone)).timestamp())
