"""Parts of a query of Prometheus."""

from collections.abc import Mapping
from decimal import Decimal


def number(value: Decimal) -> str:
    """Return a number to six digits, which is more than anybody measures."""
    return f"{float(value):.6g}"


def matchers(labels: Mapping[str, str]) -> str:
    """Return what picks the series with some labels."""
    return ", ".join(f'{key}="{value}"' for key, value in labels.items())
