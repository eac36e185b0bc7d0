"""A demand replayed: what is measured of it, who serves it, and what is too much."""

import pytest

from simulator.hpa.settings import Controller, Metric, Settings, behavior_of
from simulator.keda.activation import Activation
from simulator.replay.demand import Demand, Steps
from simulator.replay.replay import replayed
from simulator.replay.scaler import Cpu, Requests, Scaler
from simulator.replay.workload import Workload

RPS = Metric(source="External", name="rps", target="AverageValue", value=35_000)
CPU = Metric(source="ContainerResource", name="cpu", container="app", target="Utilization", value=70)
RISE = Demand(0.0, 60, [50.0] * 10 + [300.0] * 10)
"""One replica's worth for ten minutes, then six replicas'."""


def scaler(metric: Metric, signal: Requests | Cpu, activation: Activation | None = None, least: int = 1) -> Scaler:
    settings = Settings(min=least, max=50, metrics=(metric,), behavior=behavior_of({}))
    return Scaler(settings=settings, signals=(signal,), activation=activation)


def test_what_is_measured_is_old_and_an_average() -> None:
    moments = [0.0, 600.0, 630.0, 660.0, 690.0, 2000.0]
    assert RISE.measured(moments, 60.0, 30.0) == pytest.approx([50.0, 50.0, 50.0, 175.0, 300.0, 300.0])


@pytest.mark.parametrize("start_seconds", [15.0, 60.0, 300.0])
def test_requests_are_too_many_until_new_pods_are_ready(start_seconds: float) -> None:
    done = replayed(scaler(RPS, Requests()), RISE, Workload(capacity=50.0, start_seconds=start_seconds))
    assert (done.replicas[0], done.replicas[-1], done.ready[-1]) == (2, 9, 9)
    assert done.offered == 600 * 50 + 600 * 300
    # Nothing is seen of the rise for 30 seconds, and the pods that come then take their time.
    assert done.overloaded >= 200 * (30 + start_seconds)
    assert done.overloaded_percent == pytest.approx(100 * done.overloaded / 210_000)


def test_cpu_scales_as_requests_do_when_pods_are_ready_at_once() -> None:
    work = Workload(capacity=50.0, start_seconds=0.0)
    controller = Controller(cpu_initialization_seconds=0.0, initial_readiness_seconds=0.0)
    settings = Settings(min=1, max=50, metrics=(CPU,), behavior=behavior_of({}))
    by_cpu = replayed(Scaler(settings=settings, signals=(Cpu("app", 500),), controller=controller), RISE, work)
    assert by_cpu.replicas[-1] == 9


def test_keda_puts_an_idle_service_to_sleep_and_wakes_it() -> None:
    quiet = Demand(0.0, 60, [50.0] * 10 + [0.0] * 20 + [50.0] * 5)
    sleeper = scaler(RPS, Requests(activation=0.0), Activation(cooldown_seconds=300), least=1)
    done = replayed(sleeper, quiet, Workload(capacity=50.0, start_seconds=15.0))
    asleep = [number * 15.0 for number, count in enumerate(done.replicas) if count == 0]
    # Requests end at 600 and are seen before 690; the last poll that sees them is at 660, and sleep is 300 seconds off.
    # They come again at 1800, are seen after 1830, and the first poll then is at 1860.
    assert (asleep[0], asleep[-1]) == (990.0, 1845.0)
    assert done.replicas[-1] == 2


def test_a_step_counts_from_its_moment_on() -> None:
    assert Steps([10.0, 20.0], [3, 0]).at([9.0, 10.0, 19.0, 20.0]) == [0, 3, 3, 0]
