"""Error budgets: how much an objective leaves room for, and how fast it may be used up before somebody is told.

An alert watches two windows: over the long one a part of the budget is gone, and over the short one it is still going,
so that the alert ends soon after its cause does.
Source: https://sre.google/workbook/alerting-on-slos/ ("6: Multiwindow, Multi-Burn-Rate Alerts")
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


def _written(minutes: int) -> str:
    for unit, size in (("d", 24 * 60), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


@dataclass(frozen=True, slots=True)
class Burn:
    """A speed at which a budget is used up that somebody must hear of."""

    severity: Literal["page", "ticket"]
    hours: int
    """The long window; the short one is a twelfth of it."""
    spent_percent: int
    """How much of the whole budget goes within the long window at this speed."""

    @property
    def long(self) -> str:
        """The long window as Prometheus writes it."""
        return _written(self.hours * 60)

    @property
    def short(self) -> str:
        """The short window as Prometheus writes it."""
        return _written(self.hours * 60 // 12)

    def factor(self, window_days: int) -> Decimal:
        """Return how many times faster than evenly over the window: 14.4 for an hour of 30 days."""
        return Decimal(self.spent_percent) * window_days * 24 / self.hours / 100


BURNS = (
    Burn("page", 1, 2),
    Burn("page", 6, 5),
    Burn("ticket", 24, 10),
    Burn("ticket", 72, 10),
)
"""The workbook's table 5-8."""

WINDOWS = tuple(_written(minutes) for minutes in sorted({burn.hours * each for burn in BURNS for each in (5, 60)}))
"""Every window of them, from the shortest."""


def budget(percent: float | Decimal) -> Decimal:
    """Return the share of requests that an objective in percent leaves room for, exactly: 0.001 for 99.9."""
    return 1 - Decimal(str(percent)) / 100


def is_percentile(text: str) -> bool:
    """Return whether a text says a percentile, such as `p99.9`."""
    return re.fullmatch(r"p[0-9]{1,2}(\.[0-9]+)?", text) is not None


def percent_of(percentile: str) -> Decimal:
    """Return a percentile such as `p99.9` as a number."""
    return Decimal(percentile.removeprefix("p"))


def reachable(left: Decimal, window_days: int) -> dict[Burn, Decimal]:
    """Return the share of bad requests from which each burn holds, without those that no share can reach."""
    shares = {burn: burn.factor(window_days) * left for burn in BURNS}
    return {burn: share for burn, share in shares.items() if share < 1}
