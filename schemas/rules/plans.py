"""Plans: that they are of the service that names them, and that the platform can hold them."""

from collections.abc import Iterator
from typing import NamedTuple

from schemas.model import Environment
from schemas.plan.problems import plan_problems
from schemas.plan.windows import MOST_WINDOWS, is_series, window_count
from schemas.problems import Problem
from schemas.spec import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Yield plans of another service, ones above the autoscaler's bound, and ones too fine for the platform."""
    app, environment = spec.application, spec.environment
    for path, service in spec.running():
        scaling, plan = service.scaling, app.plans.get(service.name)
        if scaling is None or plan is None:
            continue
        at = (*path, "scaling", "plan")
        origin = spec.origin(at)
        yield from plan_problems(
            spec.plans[service.name],
            plan,
            application=app.name,
            service=service.identity,
            environment=environment.name,
            most=scaling.max,
            named_at=f"{origin.file}:{origin.line}",
        )
        if is_series(plan, scaling, environment) and (lack := no_series(environment)):
            what = "the plan and the schedules are" if scaling.schedules else "the plan is"
            count = window_count(plan, scaling)
            why = f"{what} {count} windows, an autoscaler can ask for {MOST_WINDOWS} of them in time"
            hint = f"Let its floor change less often, or {lack.mend}."
            if not environment.has_keda:
                why, hint = "without KEDA the plan is a rule of Prometheus", f"{lack.mend.capitalize()}."
            yield spec.problem(at, "SW9209", f"{why}, and {lack.what}.", hint)


class NoSeries(NamedTuple):
    """Why Prometheus cannot hold a plan, and what the platform team can do about it."""

    what: str
    mend: str


def no_series(environment: Environment) -> NoSeries | None:
    """Return why Prometheus cannot hold a plan in an environment, or nothing when it can.

    That nobody scales by it is told as a need of the platform.
    """
    name, monitoring = environment.name, environment.monitoring
    if not environment.scales_by_prometheus:
        return None
    if not environment.installed.get("prometheus-operator", False):
        what = f"`{name}` has no `prometheus-operator` that would read it as a rule"
        return NoSeries(what, "have the platform install one")
    if monitoring is None:
        what = f"`{name}` does not say which rules its Prometheus reads (`monitoring.labels`)"
        return NoSeries(what, "have the platform say it")
    if environment.has_keda and monitoring.address is None:
        what = f"`{name}` does not say where Prometheus answers (`monitoring.address`)"
        return NoSeries(what, "have the platform say it")
    return None
