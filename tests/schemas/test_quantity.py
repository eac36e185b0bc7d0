from decimal import Decimal

import pytest

from schemas.values.quantity import quantity, seconds


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", "1"),
        ("250m", "0.25"),
        ("1.5", "1.5"),
        ("1k", "1000"),
        ("1Ki", "1024"),
        ("2Gi", "2147483648"),
        ("1E", "1e18"),
    ],
)
def test_quantities_are_what_kubernetes_reads(text: str, number: str) -> None:
    assert quantity(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "1KB", "Mi", "-1", "1 Gi"])
def test_what_kubernetes_refuses_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        quantity(text)


@pytest.mark.parametrize(("text", "number"), [("1500ms", 2), ("90s", 90), ("5m", 300), ("1h", 3600)])
def test_durations_are_seconds_rounded_up(text: str, number: int) -> None:
    assert seconds(text) == number
