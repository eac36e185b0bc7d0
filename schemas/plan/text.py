"""The text of a plan's file."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from schemas.language.versions import CURRENT
from schemas.plan.floor import by_day
from schemas.plan.model import Plan

_HEAD = "# Written by `stackwright forecast`. `skill` says what it spares and costs; you may edit the floor.\n"
_WIDTH = 110


def written(plan: Plan) -> str:
    """Return the file of a plan, the same for the same plan."""
    owner = {"application": plan.application, "service": plan.service, "environment": plan.environment}
    capacity = {
        "requestsPerSecondPerReplica": plan.capacity,
        "targetPercent": plan.target_percent,
        "startSeconds": plan.start_seconds,
    }
    lines = [
        f"{_HEAD}apiVersion: {CURRENT}",
        "kind: Plan",
        f"metadata: {_flow(owner)}",
        "spec:",
        f'  generated: "{plan.generated}"',
        f'  expires: "{plan.expires}"',
        f"  timeZone: {json.dumps(plan.time_zone)}",
        "  history:",
        *_block(plan.history, 4),
        f"  model: {_flow({'name': plan.model, 'smoothing': plan.smoothing, 'chosen': str(plan.chosen)})}",
        f"  margin: {_number(plan.margin)}",
        f"  leadSeconds: {plan.lead_seconds}",
        f"  capacity: {_flow(capacity)}",
        "  skill:",
        *_block(plan.skill, 4),
        "  floor:",
    ]
    for day, hours in by_day(plan.floor).items():
        lines.append(f"    {day}: {_wrapped(hours)}")
    return "\n".join(lines) + "\n"


def _block(values: Mapping[str, Any], indent: int) -> list[str]:
    found = []
    for key, value in values.items():
        if isinstance(value, list | tuple):
            found += [f"{' ' * indent}{key}:", *(f"{' ' * indent}  - {json.dumps(one)}" for one in value)]
        else:
            found.append(f"{' ' * indent}{key}: {_flow(value) if isinstance(value, Mapping) else _scalar(value)}")
    return found


def _flow(values: Mapping[str, Any]) -> str:
    inner = ", ".join(
        f"{key}: {_flow(value) if isinstance(value, Mapping) else _scalar(value)}" for key, value in values.items()
    )
    return f"{{{inner}}}"


def _scalar(value: Any) -> str:
    return _number(value) if isinstance(value, float) else json.dumps(value)


def _number(value: float) -> str:
    """Return a number to six digits and without an exponent, which YAML 1.1 takes for text."""
    return f"{Decimal(f'{value:.6g}'):f}"


def _wrapped(hours: Mapping[str, int]) -> str:
    """Return the hours of a day in lines that fit a screen."""
    lines, current = [], ""
    for time, count in hours.items():
        item = f'"{time}": {count}, '
        if len(current) + len(item) > _WIDTH:
            lines.append(current.rstrip())
            current = ""
        current += item
    joined = "\n      ".join([*lines, current.rstrip(", ")])
    return f"{{{joined}}}" if not lines else f"{{\n      {joined}}}"
