"""Versions of a service: each has what the service has, except what it says itself."""

from collections.abc import Mapping

from schemas.layers.merge import inherited
from schemas.shape.grammar import grammar
from schemas.text.document import Node


def filled(merged: Node) -> Node:
    """Return a merged spec in which every version of a service is whole.

    It comes after all layers, so that a version also has what an environment says of its service.
    """
    services = merged.entries.get("services")
    if services is None or not any(_versions(service) for service in services.entries.values()):
        return merged
    whole = {name: _filled(service) for name, service in services.entries.items()}
    return merged.with_entries({**merged.entries, "services": services.with_entries(whole)})


def given_to_versions(service: Node, defaults: Node) -> Node:
    """Return a platform's defaults of what is present, for a service and for each of its versions."""
    versions = _versions(service)
    if not versions:
        return defaults
    shared = defaults.with_entries(_shared(defaults))
    each = defaults.with_entries(dict.fromkeys(versions, shared))
    return defaults.with_entries({**defaults.entries, "versions": each})


def with_version(service: Node, name: str, own: Node) -> Node:
    """Return a service with one more version, which has from it what it does not say itself."""
    whole = inherited(Node(_shared(service), own.origin, own.key), own, grammar("application", "Version"))
    there = service.entries.get("versions") or Node({}, own.origin, own.key)
    versions = there.with_entries({**there.entries, name: whole})
    return service.with_entries({**service.entries, "versions": versions})


def _filled(service: Node) -> Node:
    versions = _versions(service)
    if not versions:
        return service
    meaning = grammar("application", "Version")
    shared = _shared(service)
    whole = {
        name: inherited(Node(shared, own.origin, own.key), own, meaning) if isinstance(own.value, dict) else own
        for name, own in versions.items()
    }
    own = service.entries["versions"].with_entries(whole)
    return service.with_entries({**service.entries, "versions": own})


def _versions(service: Node) -> Mapping[str, Node]:
    versions = service.entries.get("versions")
    return versions.entries if versions is not None else {}


def _shared(service: Node) -> dict[str, Node]:
    """Return what a version has from its service."""
    fields = grammar("application", "Version").properties
    return {key: child for key, child in service.entries.items() if key in fields}
