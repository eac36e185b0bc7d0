"""Kubernetes quantities and the language's durations as numbers, for comparing."""

import re
from decimal import Decimal
from functools import lru_cache

_SUFFIXES = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
}
_QUANTITY = re.compile(r"^([0-9]+(?:\.[0-9]+)?)([a-zA-Z]*)$")
_SECONDS = {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60), "h": Decimal(3600)}


@lru_cache(maxsize=4096)
def quantity(text: str) -> Decimal:
    """Return a Kubernetes quantity as a number: cores, bytes or a count. A spec repeats a few of them very often.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """
    found = _QUANTITY.match(text)
    if found is None or found[2] not in _SUFFIXES:
        raise ValueError(text)
    return Decimal(found[1]) * _SUFFIXES[found[2]]


def seconds(duration: str) -> int:
    """Return a duration such as `90s` or `5m` in seconds, rounded up."""
    return int(exact_seconds(duration).to_integral_value(rounding="ROUND_CEILING"))


def exact_seconds(duration: str) -> Decimal:
    """Return a duration such as `300ms` or `5m` in seconds."""
    number = duration.rstrip("msh")
    return Decimal(number) * _SECONDS[duration[len(number) :]]
