"""The arithmetic that the mesh tests judge by, against what anyone can look up."""

import math
import random
from collections import Counter

import pytest

from tests.mesh.chance import at_least, binomial, evenness


def test_chi_square_is_the_tables() -> None:
    # Four degrees of freedom: 13.277 is the critical value of 1 %, 23.513 of 0.01 %.
    def counts(statistic: float) -> list[float]:
        # Two counts apart by the same amount: the statistic is 2 d² / 1000.
        distance = math.sqrt(statistic * 1000 / 2)
        return [1000 + distance, 1000 - distance, 1000, 1000, 1000]

    assert evenness(counts(13.277)) == pytest.approx(0.01, rel=1e-3)
    assert evenness(counts(23.513)) == pytest.approx(0.0001, rel=1e-3)


def test_binomial_tails_are_exact_in_small() -> None:
    # Ten throws of a coin: two or fewer, eight or more heads are 2 · (1 + 10 + 45) of 1024.
    assert binomial(2, 10, 0.5) == pytest.approx(112 / 1024)
    assert at_least(8, 10, 0.5) == pytest.approx(56 / 1024)


def test_what_is_even_passes_and_what_is_not_does_not() -> None:
    luck = random.Random(1)  # noqa: S311 - repeatable luck
    even = Counter(luck.randrange(5) for _ in range(3000))
    assert evenness([even[n] for n in range(5)]) > 0.001
    assert evenness([700, 600, 600, 600, 500]) < 1e-5
