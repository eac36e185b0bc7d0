"""What the search for secrets finds."""

import base64
import json
from urllib.parse import quote

import pytest

from tests.cluster.leaks import leaks

VALUE = 'c4n4ry "two" + é'


@pytest.mark.parametrize(
    "text",
    [
        VALUE,
        json.dumps({"a": VALUE}),
        json.dumps({"a": json.dumps({"b": VALUE})}),
        quote(VALUE),
        *(base64.b64encode(f"{'x' * count}:{VALUE}:more".encode()).decode() for count in range(3)),
        base64.urlsafe_b64encode(VALUE.encode()).decode(),
        base64.b64encode(json.dumps(VALUE).encode()).decode(),
    ],
)
def test_a_leak_is_seen_in_every_form(text: str) -> None:
    assert leaks([VALUE], {"here": f"before {text} after".encode()}) != []


def test_a_leak_is_told_with_what_stands_before_it() -> None:
    assert leaks(["c4n4ry"], {"a": b"x c4n4ry", "c": b"nothing"}) == ["a: …x ▮"]
    assert leaks(["one\ntwo-of-it"], {"a": b"x two-of-it"}) == ["a: …x ▮"]
