"""What a program costs, counted against an engine that only echoes: a rise of a fifth fails."""

import pytest

from tests.echo.run import Cost, cost

SERVICES = 12

PER_SERVICE = {"registrations": 9, "debug log": 0, "serialized nodes": 403, "KiB": 190}
"""Measured; a service of the bench has eight objects and its component. A lower count is good news: write it here."""
ROSE = 1.2


@pytest.fixture(scope="module")
def costs() -> tuple[Cost, Cost]:
    return cost(1, count=True), cost(1 + SERVICES, count=True)


@pytest.mark.parametrize("what", PER_SERVICE)
def test_a_service_costs_no_more_than_it_did(costs: tuple[Cost, Cost], what: str) -> None:
    few, many = ({**one.told, **one.calls}.get(what, 0) for one in costs)
    assert (many - few) / SERVICES <= PER_SERVICE[what] * ROSE


def test_a_program_never_loads_the_generated_classes(costs: tuple[Cost, Cost]) -> None:
    assert [one.told["core.v1"] for one in costs] == [False, False]


def test_open_registrations_are_bounded() -> None:
    most = cost(40, count=True).told["open services"]
    assert 1 < most <= 8


def test_debug_messages_are_there_when_asked_for() -> None:
    assert cost(1, debugLog="true").calls["debug log"] > 50
