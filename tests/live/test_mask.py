"""Hiding secret values."""

import base64
import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from live.mask import MASKED, masked

VALUES = st.text(
    st.characters(exclude_characters="<>=[]", exclude_categories=("C", "Z")), min_size=3, max_size=20
).filter(lambda text: text not in MASKED)


@given(VALUES)
def test_a_value_is_hidden_in_every_form(value: str) -> None:
    forms = (value, json.dumps(value)[1:-1], quote(value, safe=""), base64.b64encode(value.encode()).decode())
    for form in forms:
        assert masked(f"<{form}>", [value]).replace("=", "") == f"<{MASKED}>"


def test_lines_of_a_value_are_hidden_alone() -> None:
    assert masked("key: BEGIN and abcdef", ["BEGIN\nabcdef\n"]) == f"key: {MASKED} and {MASKED}"


def test_the_longer_value_is_hidden_first() -> None:
    assert masked("hunter22", ["hunter", "hunter22"]) == MASKED


def test_a_value_that_is_part_of_every_word_is_no_secret() -> None:
    assert masked("a b", ["a", ""]) == "a b"
