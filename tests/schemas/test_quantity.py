from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.values.quantity import quantity, seconds, thousandths


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


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (50, "50"),
        (12.5, "12500m"),
        (0.0001, "1m"),
        (999, "999"),
        (1000, "1k"),
        (1500, "1500"),
        (3e6, "3M"),
        (1e9, "1G"),
    ],
)
def test_numbers_are_written_as_the_api_server_gives_them_back(number: float, text: str) -> None:
    assert thousandths(number) == text


@given(st.floats(min_value=1e-6, max_value=1e9))
def test_a_written_number_is_the_next_thousandth(number: float) -> None:
    assert 0 <= quantity(thousandths(number)) - Decimal(str(number)) < Decimal("0.001")
