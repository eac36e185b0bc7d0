"""What a program costs, counted against an engine that only echoes: a rise of a fifth fails."""

import dataclasses

import pytest

from tests.echo.run import Cost, cost

SERVICES = 12

PER_SERVICE = {
    "registrations": 9,
    "outputs": 1,
    "dependencies": 17,
    "debug log": 0,
    "log": 0,
    "other": 0,
    "serialized nodes": 413,
    "tasks": 105,
    "KiB": 189,
}
"""Measured; a service of the bench has eight objects and its component. A lower count is good news: write it here."""
ROSE = 1.2


def per_service(few: Cost, many: Cost) -> dict[str, float]:
    """Return what one more service costs."""
    begun, ended = ({**one.told, **one.calls} for one in (few, many))
    return {what: (ended.get(what, 0) - begun.get(what, 0)) / SERVICES for what in PER_SERVICE}


def risen(few: Cost, many: Cost) -> list[str]:
    """Return what costs over a fifth more than it did."""
    return [what for what, now in per_service(few, many).items() if now > PER_SERVICE[what] * ROSE]


@pytest.fixture(scope="module")
def costs() -> tuple[Cost, Cost]:
    return cost(1, count=True), cost(1 + SERVICES, count=True)


def test_a_service_costs_no_more_than_it_did(costs: tuple[Cost, Cost]) -> None:
    assert risen(*costs) == [], per_service(*costs)


def test_growth_is_linear(costs: tuple[Cost, Cost]) -> None:
    """Counted, so that a busy machine changes nothing: a service costs the same among many as among few."""
    many = cost(1 + 3 * SERVICES, count=True)
    before, after = ({**one.told, **one.calls} for one in (costs[1], many))
    exact = [what for what in PER_SERVICE if what != "KiB"]
    grown = {what: (after.get(what, 0) - before.get(what, 0)) / (2 * SERVICES) for what in exact}
    # Shared objects are registered eight at a time, so a task more or less is a fraction of a service.
    assert grown == pytest.approx({what: per_service(*costs)[what] for what in exact}, rel=0.01)


def test_every_call_is_one_that_is_counted(costs: tuple[Cost, Cost]) -> None:
    assert set(costs[1].calls) <= set(PER_SERVICE)


def test_a_rise_is_seen(costs: tuple[Cost, Cost]) -> None:
    few, many = costs
    calls = {what: count * 1.5 for what, count in many.calls.items()}
    told = {what: count * 1.5 for what, count in many.told.items()}
    seen = risen(few, dataclasses.replace(many, calls=calls, told=told))
    assert seen == [what for what in PER_SERVICE if what != "log"], "of which there is none"


def test_a_program_never_loads_the_generated_classes(costs: tuple[Cost, Cost]) -> None:
    assert [one.told["core.v1"] for one in costs] == [False, False]


def test_a_workload_waits_for_the_secrets_that_its_pods_use_and_no_others(costs: tuple[Cost, Cost]) -> None:
    workloads = [one for one in costs[1].registered if one["type"] == "kubernetes:apps/v1:Deployment"]
    assert len(workloads) == 1 + SERVICES
    for one in workloads:
        name = one["object"]["metadata"]["name"]
        awaited = [urn.rpartition("::")[2] for urn in one["dependencies"] if ":Secret::" in urn]
        assert awaited == [f"bench-0-{name}"]


def test_a_spec_is_not_looked_through_again_and_again(costs: tuple[Cost, Cost]) -> None:
    assert min(one.told["frozen objects"] for one in costs) > 10_000


def test_open_registrations_are_bounded() -> None:
    most = cost(20, count=True).told["open services"]
    assert 1 < most <= 8
    together = cost(5, applications=4, count=True).told["open services"]
    assert 4 <= together <= 8 + 4, "what the program has open, not each of its applications"


def test_debug_messages_are_there_when_asked_for() -> None:
    assert cost(1, debugLog="true").calls["debug log"] > 50
