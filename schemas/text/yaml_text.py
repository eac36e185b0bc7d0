"""Writing plain values as YAML that every reader reads the same way.

The structure is ours: block style, two spaces, keys in their order. How a scalar must be quoted is the library's
knowledge, asked once for each text.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import yaml

_AMBIGUOUS = re.compile(
    r"""^(?:
        y | n |
        [-+]?[0-9][0-9_]* | [-+]?0[xob][0-9a-f_]+ |
        [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)? |
        [-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:e[-+]?[0-9]+)?
    )$""",
    re.VERBOSE | re.IGNORECASE,
)
"""What the library leaves bare and some reader takes for a boolean or a number, such as `y`, `08` and `1e3`."""

_BREAKS = re.compile("[\r\x85\u2028\u2029\ufeff]")
"""What some readers take for the end of a line, or drop."""

_LONGEST_KEY = 1000
_COLLECTIONS = (dict, list, tuple)


class _Dumper(yaml.SafeDumper):
    """Quotes text that some reader takes for something else, and breaks no line."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = '"' if _BREAKS.search(value) else "|" if "\n" in value else "'" if _AMBIGUOUS.match(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def yaml_text(value: Any) -> str:
    """Return one value as a YAML document, keys in their order."""
    if isinstance(value, _COLLECTIONS) and value:
        lines: list[str] = []
        _block(value, "", "", lines)
        return "".join(lines)
    return f"{_inline(value, '')}\n"


def yaml_documents(values: Iterable[Any]) -> str:
    """Return several values as one stream of YAML documents."""
    return "---\n".join(yaml_text(value) for value in values)


def _block(value: Any, first: str, indent: str, lines: list[str]) -> None:
    """Add the lines of a collection that is not empty; the first of them begins with `first`, the others indented."""
    entries = value.items() if isinstance(value, dict) else ((None, child) for child in value)
    inner = f"{indent}  "
    for key, child in entries:
        if isinstance(value, dict):
            head = f"{first}{_key(key, indent)}"
            if isinstance(child, _COLLECTIONS) and child:
                lines.append(f"{head}\n")
                _block(child, inner, inner, lines)
            else:
                lines.append(f"{head} {_inline(child, indent)}\n")
        elif isinstance(child, _COLLECTIONS) and child:
            _block(child, f"{first}- ", inner, lines)
        else:
            lines.append(f"{first}- {_inline(child, indent)}\n")
        first = indent


@lru_cache(maxsize=50_000, typed=True)
def _key(key: Any, indent: str) -> str:
    """Return a key and its colon. YAML reads a plain key of at most 1024 characters on one line."""
    text = _scalar(key) if "\n" not in str(key) else _quoted(key)
    return f"{text}:" if len(text) <= _LONGEST_KEY else f"? {text}\n{indent}:"


def _inline(value: Any, indent: str) -> str:
    """Return what stands behind a key or a dash: a scalar, or an empty collection."""
    if isinstance(value, _COLLECTIONS):
        return "{}" if isinstance(value, dict) else "[]"
    text = _scalar(value)
    if "\n" not in text:
        return text
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"{indent}{line}" if line else line for line in rest)])


def _scalar(value: Any) -> str:
    if type(value) is str:
        return _written(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return _written(str(value)) if isinstance(value, str) else _dumped(value)


@lru_cache(maxsize=50_000)
def _written(text: str) -> str:
    return _dumped(text)


def _quoted(text: str) -> str:
    """Return a text in double quotes, on one line."""
    written = yaml.dump({"k": text}, Dumper=yaml.SafeDumper, default_style='"', allow_unicode=True, width=float("inf"))
    return written.split(": ", 1)[1].removesuffix("\n")


def _dumped(value: Any) -> str:
    """Return a scalar as the library writes it behind a key at the margin."""
    text = yaml.dump({"k": value}, Dumper=_Dumper, allow_unicode=True, width=float("inf"))
    # Behind a text that ends in empty lines the library ends the document too.
    return text[3:].removesuffix("...\n" if text.endswith("\n...\n") else "").removesuffix("\n")
