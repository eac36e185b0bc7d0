"""Compose files as a spec.

Source: https://github.com/compose-spec/compose-spec/blob/main/spec.md
"""

from collections.abc import Sequence
from typing import Any

from importers.compose.calls import connect
from importers.compose.service import service
from importers.draft import Draft, Imported, named, open_network
from importers.rest import Rest
from schemas.problems import Origin
from schemas.text.document import Node

_IGNORED = ("version", "name", "networks", "services", "volumes", "configs", "secrets")


def is_compose(document: Node) -> bool:
    """Return whether a document is a compose file."""
    return "services" in document.entries and "kind" not in document.entries


def from_compose(documents: Sequence[Node], name: str, owner: str) -> Imported:
    """Return the spec of an application that has what compose files say; a later file adds to those before."""
    draft = Draft(name=named(name))
    shared: dict[str, dict[str, Any]] = {"volumes": {}, "configs": {}, "secrets": {}}
    wholes = [Rest(document) for document in documents]
    for whole in wholes:
        for kind in shared:
            told = whole.look(kind)
            shared[kind] |= {key: value or {} for key, value in told.items()} if isinstance(told, dict) else {}
    origins: dict[str, Origin] = {}
    for whole in wholes:
        services = whole.inner("services")
        for key, node in services.fields():
            origins[named(key)] = node.key or node.origin
            try:
                service(draft, key, Rest(node), shared, set(services.left()))
            except (AttributeError, IndexError, KeyError, TypeError, ValueError):
                # Compose has many forms of each value; one that is none of them can be of any kind.
                message = f"`{key}` is not written as compose has it, and is left out."
                draft.note(origins[named(key)], "SW7099", message)
        for key, _ in whole.fields():
            if key not in _IGNORED and not key.startswith("x-"):
                draft.left_out(whole.at(key), key)
    connect(draft, origins)
    if draft.services:
        open_network(draft, documents[0].origin)
    return draft.imported(owner)
