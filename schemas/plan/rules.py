"""A plan as Prometheus rules: the floor of each moment, and alerts when the plan is old or wrong.

Prometheus knows UTC alone, so the time zone's offset is written out, with the moments at which it changes.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from schemas.plan.model import Plan
from schemas.plan.week import DAY, SLOT_SECONDS, WEEK

FLOOR = "stackwright:plan_floor:replicas"
ROOM = "stackwright:plan_room:rate"
"""Names of recorded series, each with the labels of `labels`."""
_THURSDAY_SECONDS = 3 * DAY * SLOT_SECONDS
"""1970 began on a Thursday, and a week begins on Monday."""
SURPRISE = 0.25
"""A day is unlike the past when the planned replicas lack room more often than expected, by this share of its time."""


def labels(plan: Plan) -> dict[str, str]:
    """Return the labels of a plan's series and alerts."""
    return {"application": plan.application, "service": plan.service, "environment": plan.environment}


def rule_groups(plan: Plan, requests: str) -> list[dict[str, Any]]:
    """Return the groups of a PrometheusRule: the floor with its lead, the rate that it has room for, and two alerts.

    `requests` is the PromQL of the service's requests per second, without labels that differ from the plan's. From the
    day on which the plan expires the floor is 0, and the autoscaler is alone.
    """
    return [
        {
            "name": f"plan-{plan.application}-{plan.service}-{plan.environment}",
            "interval": "1m",
            "rules": [
                _record(
                    FLOOR, f"vector(({_steps(plan, plan.lead_seconds)}) * (time() < bool {_epoch(plan.expires)}))", plan
                ),
                _record(ROOM, f"vector(({_steps(plan, 0)}) * {plan.capacity:g})", plan),
                _stale(plan),
                _beaten(plan, requests),
            ],
        }
    ]


def _record(name: str, expression: str, plan: Plan) -> dict[str, Any]:
    return {"record": name, "expr": expression, "labels": labels(plan)}


def second_of_week(plan: Plan, lead: int) -> str:
    """Return how many seconds of the week have gone by, or will have after a lead, by the clocks of the plan."""
    begin = datetime.combine(plan.generated, time(), UTC) - timedelta(days=1)
    end = datetime.combine(plan.expires, time(), UTC) + timedelta(days=1)
    first, changes = _offsets(ZoneInfo(plan.time_zone), begin, end)
    terms = [f"time() + {_THURSDAY_SECONDS + lead + first}"]
    terms += [f"(time() + {lead} >= bool {moment}) * {change}" for moment, change in changes]
    return f"({' + '.join(terms)}) % {WEEK * SLOT_SECONDS}"


def _offsets(zone: ZoneInfo, begin: datetime, end: datetime) -> tuple[int, list[tuple[int, int]]]:
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
    return offset(begin), changes


def _steps(plan: Plan, lead: int) -> str:
    """Return the floor as a sum of the steps since Monday: plain numbers, for a series read in each would be slow."""
    second = second_of_week(plan, lead)
    return " ".join([f"{plan.floor[0]}", *_changes(plan, second)])


def _changes(plan: Plan, second: str) -> Iterator[str]:
    for slot in range(1, WEEK):
        change = plan.floor[slot] - plan.floor[slot - 1]
        if change:
            yield f"{'+' if change > 0 else '-'} {abs(change)} * ({second} >= bool {slot * SLOT_SECONDS})"


def _stale(plan: Plan) -> dict[str, Any]:
    return {
        "alert": "PlanExpired",
        "expr": f"vector(time()) >= {_epoch(plan.expires)}",
        "labels": {**labels(plan), "severity": "warning"},
        "annotations": {
            "summary": f"The plan of {plan.service} expired on {plan.expires}: its autoscaler is alone.",
            "description": "Make a new one with `stackwright forecast`.",
        },
    }


def _beaten(plan: Plan, requests: str) -> dict[str, Any]:
    share = min(0.95, 1 - plan.expected_coverage_percent / 100.0 + SURPRISE)
    room = f"max({ROOM}{{{', '.join(f'{key}={value!r}' for key, value in labels(plan).items())}}})".replace("'", '"')
    return {
        "alert": "PlanBeaten",
        "expr": f"avg_over_time((sum({requests}) > bool {room})[1d:15m]) > {share:.2f}",
        "for": "15m",
        "labels": {**labels(plan), "severity": "warning"},
        "annotations": {
            "summary": f"More came to {plan.service} within a day than its plan has room for, too often to be chance.",
            "description": "The week is unlike the past. Make a new plan with `stackwright forecast`.",
        },
    }


def _epoch(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
