"""The two forms of a test: a small one for every change, and a long one that proves."""

import pytest


def forms(name: str, small: int, long: int) -> pytest.MarkDecorator:
    """Run a test with either of two numbers."""
    chosen = (
        pytest.param(small, id="small", marks=pytest.mark.sandbox),
        pytest.param(long, id="long", marks=pytest.mark.prove),
    )
    return pytest.mark.parametrize(name, chosen)
