"""Writing a spec as a person would: short forms where they say the same, small mappings on one line, comments."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from importers.draft import Imported
from schemas.problems import Problem
from schemas.text.yaml_text import yaml_text

_HEADER = "# yaml-language-server: $schema=https://stackwright.dev/schemas/v1/application.json\n"
_WIDTH = 110
_ORDER = (
    "type", "image", "build", "command", "args", "port", "ports", "labels", "annotations", "env", "files", "volumes",
    "connections", "resources", "probes", "replicas", "scaling",
)  # fmt: skip
"""The order in which a reader asks for a service's fields; the others follow as they came."""


def spec_text(imported: Imported, sources: Sequence[str]) -> str:
    """Return an application file, with a comment that says whence it comes and how much it does not say."""
    notes = len(imported.notes)
    amount = "One note tells" if notes == 1 else f"{notes} notes tell"
    told = f"{amount} what it says otherwise or not at all." if notes else "It says all that they say."
    head = f"{_HEADER}# Imported from {', '.join(sources)}. {told}\n"
    document = {**imported.spec, "spec": _spec(imported.spec["spec"])}
    return head + "".join(_block(document, ""))


def _spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    services = {name: service(one) for name, one in spec["services"].items()}
    return {**spec, "services": services}


def service(long: Mapping[str, Any]) -> dict[str, Any]:
    """Return a service in short forms, its fields in the order in which they are read."""
    found = dict(long)
    ports = found.get("ports", {})
    if list(ports) == ["http"]:
        only = {"port": 80, **ports["http"]}
        if only == {"port": 80, "targetPort": only.get("targetPort", 80), "appProtocol": "http"}:
            found["port"] = only["targetPort"]
            del found["ports"]
    if "probes" in found:
        found["probes"] = {name: _probe(one, long.get("ports", {})) for name, one in found["probes"].items()}
    known = [key for key in _ORDER if key in found]
    return {key: found[key] for key in [*known, *(key for key in found if key not in known)]}


def _probe(probe: Any, ports: Mapping[str, Any]) -> Any:
    """Return a check without the port that it would ask anyway, and as its path alone where that says all."""
    if not isinstance(probe, Mapping):
        return probe
    found = dict(probe)
    for kind in ("httpGet", "tcpSocket", "grpc"):
        if kind in found and found[kind].get("port") == next(iter(ports), None):
            found[kind] = {key: value for key, value in found[kind].items() if key != "port"}
    return found["httpGet"]["path"] if list(found) == ["httpGet"] and list(found["httpGet"]) == ["path"] else found


def _block(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Yield a mapping's lines: an entry on one line when it fits and is small."""
    for key, child in value.items():
        written = yaml_text({key: None}).removesuffix(" null\n").removesuffix("\n")
        line = f"{indent}{written} {_flow(child)}"
        if not isinstance(child, Mapping | list) or not child:
            yield from _scalar_lines(key, child, indent)
        elif len(line) <= _WIDTH and _is_small(child):
            yield f"{line}\n"
        elif isinstance(child, Mapping):
            yield f"{indent}{written}\n"
            yield from _block(child, f"{indent}  ")
        else:
            yield f"{indent}{written}\n"
            yield from _list(child, f"{indent}  ")


def _list(values: Sequence[Any], indent: str) -> Iterator[str]:
    for one in values:
        if isinstance(one, Mapping) and one and len(indent + _flow(one)) > _WIDTH - 2:
            lines = "".join(_block(one, f"{indent}  "))
            yield f"{indent}- {lines[len(indent) + 2 :]}"
        elif isinstance(one, str) and "\n" in one:
            lines = yaml_text([one])
            yield "".join(f"{indent}{line}\n" for line in lines.splitlines())
        else:
            yield f"{indent}- {_flow(one)}\n"


def _scalar_lines(key: str, value: Any, indent: str) -> Iterator[str]:
    for line in yaml_text({key: value}).splitlines():
        yield f"{indent}{line}\n" if line else "\n"


def _is_small(value: Any, depth: int = 0) -> bool:
    """Return whether a value reads well on one line: no text of several lines, and nothing deep."""
    if isinstance(value, Mapping):
        return depth < 3 and all(_is_small(one, depth + 1) for one in value.values())
    if isinstance(value, list):
        return all(_is_small(one, depth + 1) for one in value)
    return not (isinstance(value, str) and "\n" in value)


def _flow(value: Any) -> str:
    """Return a value on one line, in YAML's flow style."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow_scalar(str(key))}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    return _flow_scalar(value)


def _flow_scalar(value: Any) -> str:
    if isinstance(value, str) and any(mark in value for mark in "[]{},?#\n"):
        return yaml_quoted(value)
    return yaml_text({"k": value}).removeprefix("k:").strip()


def yaml_quoted(text: str) -> str:
    """Return a text in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def notes_text(notes: Sequence[Problem]) -> str:
    """Return the notes, one a line."""
    return "".join(f"{note}\n" for note in notes)
