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


@given(VALUES, st.binary(max_size=4), st.binary(max_size=4))
def test_a_value_is_hidden_within_base64_of_more(value: str, before: bytes, after: bytes) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(before + value.encode() + after).decode()
        hidden = masked(text, [value])
        start, _, end = hidden.partition(MASKED)
        assert MASKED in hidden
        # What stays are the characters of the neighbours and those that they have a share in.
        assert len(start) <= len(before) * 8 / 6 + 2
        assert len(end) <= len(after) * 8 / 6 + 4


def test_lines_of_a_value_are_hidden_alone() -> None:
    assert masked("key: BEGIN and abcdef", ["BEGIN\nabcdef\n"]) == f"key: {MASKED} and {MASKED}"


def test_the_longer_value_is_hidden_first() -> None:
    assert masked("hunter22", ["hunter", "hunter22"]) == MASKED


def test_a_value_that_is_part_of_every_word_is_no_secret() -> None:
    assert masked("a b", ["a", ""]) == "a b"
