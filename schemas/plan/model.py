"""A plan as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schemas.plan.floor import by_slot
from schemas.text.document import Node, at, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many replicas a service needs at least, and what that was learned from."""

    application: str
    service: str
    environment: str
    generated: date
    expires: date
    time_zone: str
    model: str
    smoothing: int
    chosen: date
    """The day of the backtest that chose model and margin."""
    margin: float
    lead_seconds: int
    capacity: float
    """Requests per second that one replica serves well."""
    target_percent: float
    """How much of it a replica should be used."""
    start_seconds: float
    """From the decision to a new pod's first request."""
    history: Mapping[str, Any] = field(hash=False)
    skill: Mapping[str, Any] = field(hash=False)
    """As they stand in the file; a mapping has no hash, and what is computed of a plan is remembered by the plan's."""
    floor: tuple[int, ...]
    """The least replicas in each quarter of an hour of a week that begins on Monday, by the clocks of the time zone."""

    @property
    def expected_coverage_percent(self) -> float:
        """In which share of the quarters of an hour the planned replicas were expected to have room for what comes."""
        return float(self.skill["coveragePercent"]["expected"])


def plan_of(tree: Node) -> Plan:
    """Return the plan of a file that has the right shape and no problems of its own."""
    spec: dict[str, Any] = plain(at(tree, "spec"))
    metadata: dict[str, str] = plain(at(tree, "metadata"))
    return Plan(
        application=metadata["application"],
        service=metadata["service"],
        environment=metadata["environment"],
        generated=date.fromisoformat(spec["generated"]),
        expires=date.fromisoformat(spec["expires"]),
        time_zone=spec["timeZone"],
        model=spec["model"]["name"],
        smoothing=spec["model"]["smoothing"],
        chosen=date.fromisoformat(spec["model"]["chosen"]),
        margin=float(spec["margin"]),
        lead_seconds=spec["leadSeconds"],
        capacity=float(spec["capacity"]["requestsPerSecondPerReplica"]),
        target_percent=float(spec["capacity"]["targetPercent"]),
        start_seconds=float(spec["capacity"]["startSeconds"]),
        history=spec["history"],
        skill=spec["skill"],
        floor=tuple(by_slot(spec["floor"])),
    )
