"""How likely it is that a correct system gives what was counted: the tests fail below one in a hundred thousand.

With about ten such assertions in a run, a correct system fails less than once in ten thousand runs.
"""

import math
from collections.abc import Sequence

UNLIKELY = 1e-5


def binomial(count: int, of: int, probability: float) -> float:
    """Return how likely it is that `count` of `of` differs from what is expected by as much as this, or more.

    Exact: both tails of the binomial distribution, summed.
    """
    distance = abs(count - of * probability)
    return math.fsum(
        _binomial_point(k, of, probability) for k in range(of + 1) if abs(k - of * probability) >= distance - 1e-9
    )


def at_least(count: int, of: int, probability: float) -> float:
    """Return how likely it is that an event of this probability happens so often, or more often."""
    return math.fsum(_binomial_point(k, of, probability) for k in range(count, of + 1))


def _binomial_point(k: int, n: int, p: float) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(p) + (n - k) * math.log1p(-p))


def evenness(counts: Sequence[float]) -> float:
    """Return how likely it is that an even, independent choice gives counts as uneven as these, or more so.

    Pearson's chi-square; with an odd number of counts its distribution has a closed form.
    """
    if len(counts) % 2 == 0:
        raise ValueError("an even number of counts has no closed form")
    expected = sum(counts) / len(counts)
    half = sum((count - expected) ** 2 / expected for count in counts) / 2
    return math.exp(-half) * math.fsum(half**i / math.factorial(i) for i in range((len(counts) - 1) // 2))
