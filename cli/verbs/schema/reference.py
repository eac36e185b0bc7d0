"""The reference of a kind of file, in Markdown, from its schema."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cli.verbs.explain.facts import allowed
from schemas.shape import grammar
from schemas.shape.grammar import Grammar, Kind, grammar_at


def reference(kind: Kind) -> str:
    """Return the reference: every field in the order of the schema, with what it means, admits and defaults to."""
    schema = grammar.schema(kind)
    lines = [
        f"# The {kind} file",
        "",
        schema["description"],
        "",
        "Made from the schema by `make docs`. "
        f"`stackwright schema {kind}` gives the same to an editor, `stackwright explain` to a terminal.",
        "",
    ]
    lines += _section("The file", schema, kind, {})
    for name, place in schema.get("$defs", {}).items():
        if _fields(place):
            lines += _section(name, place, kind, place)
    return "\n".join(lines).rstrip() + "\n"


def _section(title: str, place: Mapping[str, Any], kind: Kind, described: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    if text := described.get("description"):
        yield text
        yield ""
    for rule in place.get("x-choices", ()):
        keys = ", ".join(f"`{key}`" for key in rule["of"])
        yield f"{'One' if rule.get('required') else 'At most one'} of {keys}."
        yield ""
    yield "| field | holds | default | meaning |"
    yield "|---|---|---|---|"
    for path, field, owner in _rows(place):
        yield _row(path, grammar_at(kind, field), field, owner, kind)
    yield ""


def _fields(place: Mapping[str, Any]) -> bool:
    return bool(place.get("properties")) or isinstance(place.get("additionalProperties"), Mapping)


def _rows(place: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Yield every field written out in this place, with its path and the mapping it belongs to."""
    for key, child in place.get("properties", {}).items():
        yield f"{before}{key}", child, place
        yield from _rows(child, f"{before}{key}.")
    if isinstance(extra := place.get("additionalProperties"), Mapping):
        yield f"{before}NAME", extra, place
        yield from _rows(extra, f"{before}NAME.")
    if isinstance(items := place.get("items"), Mapping) and items.get("properties"):
        yield from _rows(items, f"{before[:-1]}[].")


def _row(path: str, field: Grammar, place: Mapping[str, Any], owner: Mapping[str, Any], kind: Kind) -> str:
    required = " (required)" if path.rpartition(".")[2] in owner.get("required", ()) else ""
    holds = _link(place, kind) or _cell(allowed(field))
    default = ""
    if field.has_default and field.default not in ({}, []):
        default = f"`{json.dumps(field.default)}`" if not isinstance(field.default, str) else f"`{field.default}`"
    reason = field.word("x-reason")
    meaning = " ".join(filter(None, (field.word("description"), f"*{reason}*" if reason else "")))
    examples = field.word("examples")
    if examples and isinstance(examples, list):
        meaning += f" Example: `{json.dumps(examples[0], ensure_ascii=False)}`."
    deprecated = "Deprecated. " if field.word("deprecated") else ""
    return f"| `{path}`{required} | {holds} | {default} | {deprecated}{_cell(meaning)} |"


def _link(place: Mapping[str, Any], kind: Kind) -> str:
    """Return a link to the section of what a field refers to, when that has fields of its own."""
    reference = place.get("$ref", "")
    file, _, pointer = reference.partition("#/$defs/")
    target: Kind = next((known for known in grammar.KINDS if file == f"{known}.json"), kind)
    if not pointer or not _fields(grammar.schema(target)["$defs"][pointer]):
        return ""
    return f"[{pointer}]({f'{target}.md' if target != kind else ''}#{pointer.lower()})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
