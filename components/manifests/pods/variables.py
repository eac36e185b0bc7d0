"""Environment variables of a container."""

import string
from collections.abc import Mapping
from typing import Any

from components.manifests.configuration import config_map_name
from schemas.model import Application, EnvSource, FormatPart
from schemas.model.container import part_variable


def variables(
    app: Application, sources: Mapping[str, EnvSource], connections: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return a container's `env`: connections first, because a formatted variable may come after what it names.

    Both groups are sorted by name. A job may set a variable that a connection of its service sets: the job's counts,
    for Kubernetes refuses a name that comes twice.
    """
    found: list[dict[str, Any]] = [
        {"name": name, "value": value} for name, value in sorted(connections.items()) if name not in sources
    ]
    for name, source in sorted(sources.items()):
        found.extend(_formatted(app, name, source) if source.format is not None else [_variable(app, name, source)])
    return found


def _variable(app: Application, name: str, source: EnvSource | FormatPart) -> dict[str, Any]:
    if isinstance(source, EnvSource) and source.value is not None:
        return {"name": name, "value": _literal(source.value)}
    if source.secret is not None:
        return {"name": name, "valueFrom": {"secretKeyRef": {"name": source.secret, "key": source.key}}}
    if source.config is not None:
        reference = {"name": config_map_name(app, source.config), "key": source.key}
        return {"name": name, "valueFrom": {"configMapKeyRef": reference}}
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": source.field}}}


def _formatted(app: Application, name: str, source: EnvSource) -> list[dict[str, Any]]:
    """Return a variable made of parts, after a variable for each part: the kubelet puts them together.

    So a secret's value is known to the kubelet alone, and never stands in the pod's description.
    Source: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    """
    parts = source.from_ or {}
    found = [_variable(app, part_variable(name, key), part) for key, part in sorted(parts.items())]
    text = ""
    for literal, field, _, _ in string.Formatter().parse(source.format or ""):
        text += _literal(literal) + (f"$({part_variable(name, field)})" if field is not None else "")
    return [*found, {"name": name, "value": text}]


def _literal(text: str) -> str:
    """Return text that the kubelet gives back as it stands: it takes `$$` for `$` everywhere, not only before `(`."""
    return text.replace("$", "$$")
