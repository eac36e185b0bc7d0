"""Capacity, measured: what is known of a made-up service is found, or it is said why it cannot be."""

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.capacity import Measured, measured
from forecast.history.history import History, Row
from schemas.problems import SpecError
from tests.forecast.traces import MINUTES, MONDAY, Constant, Opening, Rate, history

CORES = 0.5
"""What a replica requests."""


class Daily(Rate):
    """Requests that rise and fall with the sun."""

    def __call__(self, minute: int, chance: random.Random, /) -> float:
        return 300.0 * (1.1 - math.cos(minute / 1440 * math.tau)) * (1 + chance.gauss(0, 0.1))


def cores(of: History, takes: float, idle: float = 0.0, pods: int | None = None, seed: int = 1) -> list[Row]:
    """Return the cores of a service whose requests take so many core seconds each, and whose pods so many cores idle.

    Without a number of pods they are used to 70 %. A tenth is noise; one minute in fifty is a rollout's, thrice as dear,
    and one in twenty is lost.
    """
    chance = random.Random(seed)  # noqa: S311 - the same service every time
    rows = []
    for minute, rate in enumerate(of.rates):
        count = pods or max(2, math.ceil(rate * takes / (0.7 * CORES - idle)))
        used = (rate * takes + count * idle) * (1 + chance.gauss(0, 0.1)) * (3 if chance.random() < 0.02 else 1)
        if chance.random() >= 0.05:
            rows.append(Row(time=of.start + 60 * minute, value=max(0.0, used), line=minute + 2))
    return rows


def refusal(of: History, rows: list[Row]) -> str:
    with pytest.raises(SpecError) as raised:
        measured(of, rows)
    (problem,) = raised.value.problems
    return str(problem)


def outcome(of: History, rows: list[Row]) -> float | str:
    """Return the capacity, or the code of the reason why there is none."""
    try:
        return measured(of, rows).capacity(CORES)
    except SpecError as error:
        return error.problems[0].code


OPENING, DAILY = history(2 / 7, Opening()), history(2 / 7, Daily())


@given(st.sampled_from([OPENING, DAILY]), st.floats(0.0005, 0.2), st.integers(1, 99))
def test_a_capacity_that_is_known_is_found(shop: History, takes: float, seed: int) -> None:
    assert outcome(shop, cores(shop, takes, seed=seed)) == pytest.approx(CORES / takes, rel=0.03)


@given(st.floats(0.0, 0.06), st.integers(1, 99))
def test_idle_pods_count_as_the_autoscaler_counts_them(idle: float, seed: int) -> None:
    found = measured(DAILY, cores(DAILY, 0.01, idle, seed=seed)).capacity(CORES)
    # At 70 % a pod has 0.7 of its cores for requests, less what it uses anyway: the autoscaler's count follows from that.
    assert found * 0.7 == pytest.approx((0.7 * CORES - idle) / 0.01, rel=0.04)


@given(st.integers(8, 80), st.floats(0.0, 0.1), st.integers(1, 99))
def test_a_capacity_is_not_told_too_high_and_little_too_low(pods: int, idle: float, seed: int) -> None:
    found = outcome(DAILY, cores(DAILY, 0.01, idle, pods, seed))
    share = pods * idle / (pods * idle + 0.01 * 500)
    if share < 0.15 or not isinstance(found, str):
        assert 0.75 * CORES / 0.01 < found < 1.03 * CORES / 0.01
    else:
        assert found == "SW9113"


def test_what_is_measured_is_told_with_how_much_it_is_from() -> None:
    flat = History(name="h.csv", start=MONDAY, step_seconds=60, rates=[100.0] * 1440 + [500.0] * 1440)
    rows = [Row(time=MONDAY + 60 * at, value=rate * 0.01, line=at) for at, rate in enumerate(flat.rates)]
    found = measured(flat, rows)
    assert found == Measured(cpu_seconds=pytest.approx(0.01), busy=64, quarters=192)  # type: ignore[arg-type]
    assert (found.capacity(0.5), found.capacity(1.0)) == (50.0, 100.0)
    # A step that was filled in tells nothing, and neither does CPU of another time.
    assert measured(replace(flat, filled=frozenset(range(15, 45))), rows).quarters == 190
    assert measured(flat, rows[: 1440 + 900]).quarters == 156


def test_too_little_is_refused() -> None:
    day = history(23.7 / 168, Daily())
    known = "requests and CPU are known together for {} quarters of an hour, and must for a day."
    assert refusal(day, cores(day, 0.01)) == f"made-up: {known.format(95)} Export a longer history. [SW9111]"
    assert known.format(0) in refusal(day, [replace(row, time=row.time + MINUTES * 60) for row in cores(day, 0.01)])
    even = history(1, Constant())
    assert refusal(even, cores(even, 0.01)) == (
        "made-up: 401 requests a second in the busy third of the time and 399 in the calm one are too near to each "
        "other to tell what follows requests. Export days and nights. [SW9111]"
    )
    none = replace(even, rates=[0.0] * MINUTES)
    assert "[SW9111]" in refusal(none, cores(none, 0.01, idle=0.1))


def test_cpu_that_does_not_follow_requests_is_refused() -> None:
    shop, chance = DAILY, random.Random(1)  # noqa: S311 - the same every time
    drifting = [replace(row, value=chance.uniform(1, 9)) for row in cores(shop, 0.01)]
    assert refusal(shop, drifting) == (
        "made-up: CPU does not follow requests: they explain 0 % of how it changes, and 50 % is the least. Give the CPU of this "
        "service's containers alone. Load one replica until its answers grow slow, and give the rate before that as "
        "--capacity. [SW9112]"
    )
    counter = [replace(row, value=float(place)) for place, row in enumerate(cores(shop, 0.01))]
    idle = [replace(row, value=0.0) for row in counter]
    for rows in (counter, idle):
        assert "[SW9112]" in refusal(shop, rows)


def test_much_cpu_without_requests_is_refused() -> None:
    shop = DAILY
    assert refusal(shop, cores(shop, 0.01, idle=0.1, pods=40)) == (
        "made-up: 42 % of the CPU in the busy third of the time is used without requests, and at most 20 % may be: what a "
        "request takes is not seen. Load one replica until its answers grow slow, and give the rate before that as "
        "--capacity. [SW9113]"
    )
