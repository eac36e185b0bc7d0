"""Who holds a plan in a cluster, and what the platform lacks for it."""

from schemas.model import Environment, Scaling
from schemas.plan.model import Plan
from schemas.plan.windows import is_series, windows
from schemas.rules.plans import no_series


def holder(plan: Plan, scaling: Scaling, environment: Environment) -> str:
    """Return who holds a plan, such as `is held by 12 windows of KEDA`."""
    if is_series(plan, scaling, environment):
        return "is held by a rule of Prometheus"
    count = len(windows(plan, scaling.min))
    return "is never above `min`" if count == 0 else f"is held by {count} window{'s' * (count > 1)} of KEDA"


def form(plan: Plan, scaling: Scaling, environment: Environment) -> str:
    """Return a sentence on how a plan rises and who holds it, or on why nobody in the environment can."""
    early = f"The floor rises {plan.lead_seconds} s early"
    if not environment.scales_by_prometheus:
        return f"{early}. Nobody holds it yet: `{environment.name}` has neither KEDA nor prometheus-adapter."
    lack = no_series(environment) if is_series(plan, scaling, environment) else None
    if lack is None:
        return f"{early}, and {holder(plan, scaling, environment)}."
    return f"{early}. A rule of Prometheus has to hold it, and {lack.what}."
