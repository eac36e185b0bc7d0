"""The plan that an autoscaler's floor follows: how many pods there are at least on each day, and who holds it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cli.capacity.holder import holder
from cli.capacity.sparkline import is_plain, sparkline
from cli.verbs.explain.columns import columns
from schemas.model import Environment, Scaling
from schemas.plan.floor import by_day
from schemas.plan.model import Plan
from schemas.plan.week import DAY, DAYS
from schemas.problems import Path
from schemas.spec import Spec

_BARS = 48
"""Half an hour each."""


class Planned(NamedTuple):
    """The plan of one autoscaler."""

    path: Path
    """Where the spec names it."""
    plan: Plan
    scaling: Scaling
    environment: Environment

    @property
    def row(self) -> dict[str, Any]:
        """The plan for a program."""
        plan = self.plan
        facts = {"expires": f"{plan.expires}", "timeZone": plan.time_zone, "leadSeconds": plan.lead_seconds}
        return {"plan": {**facts, "heldBy": self._holder.removeprefix("is held by "), "floor": by_day(plan.floor)}}

    @property
    def lines(self) -> Iterator[str]:
        """The plan for a person: a row of bars for each day, and the fewest and the most pods."""
        plan, most = self.plan, max(self.plan.floor)
        yield ""
        yield f"The plan until {plan.expires}, by the clocks of {plan.time_zone}, pods at least:"
        plain = is_plain()
        rows = []
        for number, day in enumerate(DAYS):
            counts = plan.floor[number * DAY : (number + 1) * DAY]
            bounds = f"{min(counts)} to {max(counts)}" if len(set(counts)) > 1 else f"{counts[0]}"
            rows.append([f"  {day[:3]}", sparkline(counts, _BARS, most, plain=plain), bounds])
        yield from columns(rows)
        yield f"It rises {plan.lead_seconds} s early, and {self._holder}."

    @property
    def _holder(self) -> str:
        return holder(self.plan, self.scaling, self.environment)


def planned(spec: Spec, at: Path) -> Planned | None:
    """Return the plan at a path: of an autoscaler, or where it names it; nothing at another path or without one."""
    for own, service in spec.running():
        path = (*own, "scaling", "plan")
        plan = spec.application.plans.get(service.name)
        if at in (path, path[:-1]) and plan is not None and service.scaling is not None:
            return Planned(path, plan, service.scaling, spec.environment)
    return None
