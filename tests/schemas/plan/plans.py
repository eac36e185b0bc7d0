"""A plan for tests."""

from datetime import date
from typing import Any

from schemas.plan.model import Plan

SKILL = {
    "weeks": 2,
    "plan": {"targetPercent": 70, "overloadedPercent": 0.0044, "podHours": 5655.5},
    "reactive": {"targetPercent": 70, "overloadedPercent": 0.681, "podHours": 4053.2},
    "equalCost": {"targetPercent": 52.6, "overloadedPercent": 0.117, "podHours": 5650.1},
    "coveragePercent": {"expected": 90.0, "latest": 91.2},
}


def plan(floor: list[int], **changes: Any) -> Plan:
    facts: dict[str, Any] = {
        "application": "shop",
        "service": "web",
        "environment": "prod",
        "generated": date(2026, 11, 23),
        "expires": date(2026, 12, 7),
        "time_zone": "UTC",
        "model": "combined",
        "smoothing": 4,
        "chosen": date(2026, 11, 23),
        "margin": 1.12,
        "lead_seconds": 240,
        "capacity": 50.0,
        "target_percent": 70.0,
        "start_seconds": 180.0,
        "history": {
            "source": "requests.csv",
            "from": "2026-10-26T00:00:00Z",
            "to": "2026-11-23T00:00:00Z",
            "stepSeconds": 60,
            "repairs": ["2 lines stood out of order."],
        },
        "skill": SKILL,
        "floor": tuple(floor),
    }
    return Plan(**{**facts, **changes})
