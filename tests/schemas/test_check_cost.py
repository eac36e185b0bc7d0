"""What it costs to merge and check an application, in calls of functions, so that a busy machine changes nothing."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.manifests.checked import check
from schemas.layers.merge import with_defaults
from schemas.project import read
from schemas.shape.grammar import grammar
from tests.bench import PLATFORM, application
from tests.schemas.test_merge import tree

PER_SERVICE = 1767
"""Measured, over three environments. A lower count is good news: write it here."""
ROSE = 1.2


def calls(work: Callable[[], object]) -> int:
    """Return how many calls of functions in Python it takes to do something."""
    count = 0

    def counted(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.fixture
def cost(tmp_path: Path) -> Callable[[int], int]:
    """Return what it costs to merge and check an application of so many services."""
    (tmp_path / "platform.json").write_text(json.dumps(PLATFORM))

    def of(services: int) -> int:
        file = tmp_path / "application.json"
        file.write_text(json.dumps(application(services)))
        project = read(file, tmp_path / "platform.json")
        return calls(lambda: check(project))

    of(1)  # What is kept for as long as the process lives is not counted.
    return of


def test_a_service_costs_no_more_than_it_did_and_the_same_among_many_as_among_few(cost: Callable[[int], int]) -> None:
    few, more, many = cost(10), cost(20), cost(40)
    assert (many - more) / 20 == pytest.approx((more - few) / 10, rel=0.01)
    assert (more - few) / 10 <= PER_SERVICE * ROSE


def test_where_no_default_can_come_in_the_tree_stays_the_one_it_was() -> None:
    env = tree({"A": {"value": "x"}, "B": {"secret": "s", "key": "k"}})
    place = grammar("application", "Service").properties["env"]
    assert with_defaults(env, place) is env


def test_a_cost_is_counted() -> None:
    def one() -> None:
        """Cost one call."""

    def two() -> None:
        one()

    assert calls(two) - calls(one) == 1
