"""Kubernetes quantities and the language's durations as numbers, for comparing."""

import re
from decimal import Decimal
from functools import lru_cache

_THOUSANDS = "kMGTPE"
_SUFFIXES = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate(_THOUSANDS, 1)},
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


def thousandths(number: float) -> str:
    """Return a number above nothing as Kubernetes writes it, to thousandths and rounded up: finer ones nobody reads.

    Source: https://pkg.go.dev/k8s.io/apimachinery/pkg/api/resource#Quantity
    """
    whole, rest = divmod(int((Decimal(str(number)) * 1000).to_integral_value(rounding="ROUND_CEILING")), 1000)
    if rest:
        return f"{whole * 1000 + rest}m"
    power = 0
    while whole % 1000 == 0 and power < len(_THOUSANDS):
        whole, power = whole // 1000, power + 1
    return f"{whole}{('', *_THOUSANDS)[power]}"


def seconds(duration: str) -> int:
    """Return a duration such as `90s` or `5m` in seconds, rounded up."""
    return int(exact_seconds(duration).to_integral_value(rounding="ROUND_CEILING"))


def exact_seconds(duration: str) -> Decimal:
    """Return a duration such as `300ms` or `5m` in seconds."""
    number = duration.rstrip("msh")
    return Decimal(number) * _SECONDS[duration[len(number) :]]
