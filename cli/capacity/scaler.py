"""The simulator's view of a service's autoscaler."""

from datetime import datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from cli.capacity.service import Scaled
from components.manifests.scaling.scaled_object import POLLING_SECONDS
from forecast.season import steps
from schemas.model.scaling import ScalingSchedule
from schemas.values.quantity import quantity, thousandths
from schemas.values.schedules import DAYS, minutes
from simulator.hpa.settings import Metric, Settings, behavior_of, milli
from simulator.keda.activation import Activation
from simulator.replay.demand import Demand, Steps
from simulator.replay.scaler import Cpu, Floor, Requests, Scaler, Signal


def scaler_of(scaled: Scaled, demand: Demand) -> tuple[Scaler, tuple[str, ...]]:
    """Return the autoscaler of a service over a demand, and the targets that are left out.

    Memory, calls that are open at once and other metrics do not follow from how many requests come.

    Raises:
        SpecError: nothing is left.

    """
    targets, scaling = scaled.scaling.targets, scaled.scaling
    found: list[tuple[Metric, Signal]] = []
    if targets.cpu_percent is not None:
        metric = Metric(
            source="ContainerResource", name="cpu", container="it", target="Utilization", value=targets.cpu_percent
        )
        found.append((metric, Cpu("it", int(quantity(scaled.service.resources.requests.cpu or "1") * 1000))))
    if (rate := targets.requests_per_second_per_replica) is not None:
        metric = Metric(source="External", name="requests", target="AverageValue", value=milli(thousandths(rate)))
        found.append((metric, Requests(activation=0.0)))
    for name, schedule in sorted(scaling.schedules.items()):
        metric = Metric(source="External", name=name, target="AverageValue", value=1000)
        found.append((metric, Floor(_window(schedule, demand))))
    if (plan := scaled.spec.application.plans.get(scaled.service.name)) is not None:
        metric = Metric(source="External", name="plan", target="AverageValue", value=1000)
        floor = steps(plan.floor, ZoneInfo(plan.time_zone), demand.start, demand.end, plan.lead_seconds)
        found.append((metric, Floor(floor)))
    if not found:
        message = "none of the targets follows from how many requests come, so nothing can be replayed."
        raise scaled.problem("SW9107", message, "Add `targets.cpuPercent` or `targets.requestsPerSecondPerReplica`.")
    behavior = scaled.autoscaler["spec"]["behavior"]
    settings = Settings(
        min=max(1, scaling.min),
        max=scaling.max,
        metrics=tuple(metric for metric, _ in found),
        behavior=behavior_of(behavior),
    )
    calm = float(behavior["scaleDown"]["stabilizationWindowSeconds"])
    sleeps = scaling.min == 0
    activation = Activation(polling_seconds=POLLING_SECONDS, cooldown_seconds=calm) if sleeps else None
    return Scaler(settings=settings, signals=tuple(signal for _, signal in found), activation=activation), _left_out(
        scaled
    )


def _left_out(scaled: Scaled) -> tuple[str, ...]:
    targets = scaled.scaling.targets
    said = {
        "memoryPercent": targets.memory_percent,
        "concurrentRequestsPerReplica": targets.concurrent_requests_per_replica,
    }
    return (*(name for name, value in said.items() if value is not None), *sorted(targets.metrics))


def _window(schedule: ScalingSchedule, demand: Demand) -> Steps:
    """Return the count of a schedule over the time of a demand."""
    zone = ZoneInfo(schedule.time_zone)
    day = datetime.fromtimestamp(demand.start, zone).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(
        days=2
    )
    times: list[float] = []
    while day.timestamp() < demand.end:
        if DAYS[day.weekday()] in schedule.days:
            begin, end = (
                day.replace(hour=clock // 60, minute=clock % 60)
                for clock in map(minutes, (schedule.from_, schedule.to))
            )
            # A window that ends no later than it begins ends on the next day.
            times += [begin.timestamp(), (end if end > begin else end + timedelta(days=1)).timestamp()]
        day += timedelta(days=1)
    # In the night of summer time a window may end, by the clocks, before it has begun: it has no time then.
    rising = list(accumulate(times, max))
    return Steps(rising, [schedule.min if place % 2 == 0 else 0 for place in range(len(rising))])
