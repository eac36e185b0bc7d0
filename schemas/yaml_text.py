"""Writing plain values as YAML that every reader reads the same way."""

import re
from collections.abc import Iterable
from typing import Any

import yaml

_AMBIGUOUS = re.compile(r"^(y|n|0o[0-7]+)$", re.IGNORECASE)
"""What the library leaves bare and some reader takes for a boolean or a number."""


class _Dumper(yaml.SafeDumper):
    """Writes no aliases, and quotes text that some reader takes for something else."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the library's call
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - the library's call
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = '"' if _AMBIGUOUS.match(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def yaml_text(value: Any) -> str:
    """Return one value as a YAML document, keys in their order."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)


def yaml_documents(values: Iterable[Any]) -> str:
    """Return several values as one stream of YAML documents."""
    return "---\n".join(yaml_text(value) for value in values)
