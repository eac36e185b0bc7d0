"""The simulator's view of a service's autoscaler: what it asks for, and when."""

from datetime import UTC, datetime, timedelta

from cli.capacity.scaler import scaler_of
from cli.capacity.service import Scaled
from schemas.model.scaling import Scaling, ScalingSchedule, ScalingTargets
from schemas.project import read as project
from schemas.resolve import resolve
from simulator.replay.demand import Demand
from simulator.replay.replay import replayed
from simulator.replay.scaler import Floor
from simulator.replay.workload import Workload
from tests.conftest import ROOT
from tests.forecast.traces import MONDAY


def scaled(scaling: Scaling) -> Scaled:
    spec = resolve(project(ROOT / "examples/shop/application.yaml", ROOT / "stacks/platform.yaml"), "dev")
    return Scaled(spec, next(iter(spec.application.services.values())), scaling)


def test_a_service_is_replayed_by_requests_and_by_the_clock() -> None:
    scaling = Scaling(
        min=2,
        max=50,
        targets=ScalingTargets(requests_per_second_per_replica=35.0, memory_percent=80),
        schedules={"late": ScalingSchedule(days=["mon"], from_="22:00", to="02:00", time_zone="Europe/Berlin", min=9)},
    )
    one = scaled(scaling)
    demand = Demand(MONDAY, 60, [100.0] * 2880)
    scaler, left_out = scaler_of(one, demand)
    assert left_out == ("memoryPercent",)
    counts = replayed(scaler, demand, Workload(capacity=50.0, start_seconds=30.0)).replicas
    # Ten in the evening in Berlin is nine in UTC; the window ends at one, and five calm minutes later so does its floor.
    assert [counts[240 * hour] for hour in (0, 20, 22, 24, 26)] == [3, 3, 9, 9, 3]


def test_a_window_that_the_night_of_summer_time_skips_moves_no_later_one() -> None:
    night = ScalingSchedule(days=["sun"], from_="02:30", to="03:00", time_zone="Europe/Berlin", min=9)
    noon = ScalingSchedule(days=["sun"], from_="12:00", to="14:00", time_zone="Europe/Berlin", min=7)
    scaling = Scaling(min=2, max=50, targets=ScalingTargets(), schedules={"night": night, "noon": noon})
    one = scaled(scaling)
    midnight = datetime(2026, 3, 28, 23, tzinfo=UTC)
    scaler, _ = scaler_of(one, Demand(midnight.timestamp(), 60, [1.0] * 2880))
    hours = [(midnight + timedelta(minutes=30 * half)).timestamp() for half in range(48)]
    shown = [signal.steps.at(hours) for signal in scaler.signals if isinstance(signal, Floor)]
    # On that Sunday the clocks go from two to three, so noon is eleven hours after midnight.
    assert shown == [[0] * 48, [0] * 22 + [7] * 4 + [0] * 22]


def test_a_target_of_less_than_a_thousandth_is_one_as_the_autoscaler_has_it() -> None:
    scaling = Scaling(min=2, max=50, targets=ScalingTargets(requests_per_second_per_replica=0.0001))
    one = scaled(scaling)
    scaler, _ = scaler_of(one, Demand(MONDAY, 60, [1.0] * 10))
    assert [metric.value for metric in scaler.settings.metrics] == [1]
    (asked,) = one.autoscaler["spec"]["metrics"]
    assert asked["external"]["target"]["averageValue"] == "1m"
