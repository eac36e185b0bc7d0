"""Results as tables, and as rows for machines."""

from collections.abc import Sequence
from typing import Any

from simulator.replay.workload import Outcome

_HOURS_OF_A_MONTH = 730.5


def row(name: str, done: Outcome, price: float | None) -> dict[str, Any]:
    """Return what came of one policy."""
    hours = len(done.replicas) * done.every / 3600.0
    return summed(name, done.overloaded_percent, done.pod_hours, hours, price) | {
        "fewestReplicas": min(done.replicas, default=0),
        "mostReplicas": max(done.replicas, default=0),
    }


def summed(name: str, overloaded: float, pod_hours: float, hours: float, price: float | None) -> dict[str, Any]:
    """Return the sums of one policy; with a price of a replica's hour, its cost in a month too."""
    found: dict[str, Any] = {"policy": name, "overloadedPercent": round(overloaded, 4), "podHours": round(pod_hours, 1)}
    if price is not None and hours:
        found["costPerMonth"] = round(pod_hours / hours * _HOURS_OF_A_MONTH * price, 2)
    return found


_HEADS = {
    "policy": "policy",
    "overloadedPercent": "requests without room",
    "podHours": "pod-hours",
    "fewestReplicas": "fewest",
    "mostReplicas": "most",
    "costPerMonth": "cost a month",
}


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return rows as a table of text, its numbers to the right."""
    keys = [key for key in _HEADS if any(key in one for one in rows)]
    cells = [[_HEADS[key] for key in keys], *([_cell(key, one.get(key)) for key in keys] for one in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(keys))]
    lines = (
        "  ".join(cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(pairs))
        for pairs in (list(zip(line, widths, strict=True)) for line in cells)
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _cell(key: str, value: Any) -> str:
    if value is None:
        return ""
    if key == "overloadedPercent":
        return f"{value:.3f} %"
    return f"{value:,.2f}" if key == "costPerMonth" else f"{value:,.0f}" if key != "policy" else str(value)
