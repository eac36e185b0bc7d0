"""What is written is what every reader reads."""

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from schemas.text.document import plain
from schemas.text.load import parse
from schemas.text.yaml_text import yaml_documents, yaml_text

GO = re.compile(
    r"""^(?:
        y|yes|on|n|no|off|true|false|null|~|
        [-+]?[0-9][0-9_]* | [-+]?0[xX][0-9a-fA-F_]+ | [-+]?0[oO]?[0-7_]+ | [-+]?0[bB][01_]+ |
        [-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*\.?[0-9_]*)(?:[eE][-+]?[0-9]+)? | [-+]?\.inf | \.nan |
        [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)? |
        [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\ ].*)?
    )$""",
    re.VERBOSE | re.IGNORECASE,
)
"""Bare words that Go's readers, in the versions that Kubernetes' tools use, take for something other than text.

Source: https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/resolve.go
"""

WORDS = """y n on off yes NO True null ~ 1e3 1e5 0o17 0x1F 0b1 012 08 1_000 1:30 0:0 190:20:30 2024-01-01 .inf -.INF .nan
- ? : a:b a: #x << = ! & * | > % @ ` 1.10 1. .5 +1 -0 1.2.3 0777 0o0 0E0 NaN inf Infinity --- ... ' " # é 😀"""
BREAKS = [
    "",
    " ",
    "\n",
    " x",
    "x ",
    "a\n",
    "a\n\n",
    "\na",
    " a\nb",
    "a \nb",
    "\ta",
    "a\tb",
    "a #b",
    "a: b",
    "- a",
    "? a",
]
ODD = ["\x85", "\u2028", "\ufeff", "\x00", "\x7f", "a\rb", "x" * 2000, "---\na", "a\n...\n", "# a\n b"]
TEXTS = st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from([*WORDS.split(), *BREAKS, *ODD]))
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(-(2**63), 2**63), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


@given(VALUES)
def test_every_reader_reads_what_was_written(value: Any) -> None:
    text = yaml_text(value)
    assert yaml.safe_load(text) == value
    assert YAML(typ="safe", pure=True).load(text) == value
    assert list(yaml.safe_load_all(yaml_documents([value, value]))) == [value, value]


@given(TEXTS)
def test_no_bare_text_means_something_else_to_go(text: str) -> None:
    bare = not yaml_text({"k": text})[3:].startswith(("'", '"', "|"))
    assert not (bare and GO.match(text))


@pytest.mark.parametrize("value", ["yes", 1, "1", [], {}, None, "a\nb\n", [[1], {"a": [{}]}]])
def test_our_own_reader_reads_what_was_written(value: Any) -> None:
    assert plain(parse(yaml_text({"k": value}), "a.yaml", "application")) == {"k": value}


def test_a_document_in_full() -> None:
    value = {"a": [{"b": "no", "c": [1, "1"]}, [True], []], "d": {"e": "x: y", "f": "one\ntwo\n"}, "g": "a b"}
    assert yaml_text(value) == (
        'a:\n  - b: \'no\'\n    c:\n      - 1\n      - \'1\'\n  - - true\n  - []\n'
        "d:\n  e: 'x: y'\n  f: |\n    one\n    two\ng: a b\n"
    )  # fmt: skip
