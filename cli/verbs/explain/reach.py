"""Which fields of which objects a value reaches: it is changed, everything is rendered again, and the two compared."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec

from cli.verbs.render import objects
from components.manifests.difference import Difference, differences
from schemas.layers.provenance import place_of
from schemas.problems import Path
from schemas.project import Project
from schemas.resolve import application_model
from schemas.shape.grammar import Grammar
from schemas.spec import Spec
from schemas.text.document import Node, descend, replaced


def reached(project: Project, spec: Spec, path: Path) -> list[Difference]:
    """Return what changes in the rendered objects when the value at a path is another one, or is not there.

    The change may break rules: what is asked is where the value goes, not whether another one would do.
    """
    before = objects(spec)
    for tree in _variants(spec.tree, path):
        try:
            model = application_model(project, tree, spec.environment.name, spec.application.location)
            after = objects(replace(spec, application=model, tree=tree))
        except (KeyError, ValueError, TypeError, StopIteration, msgspec.ValidationError):
            # A name that leads nowhere, or a text that is none of its kind: another variant may still tell.
            continue
        if found := differences(before, after):
            return found
    return []


def _variants(tree: Node, path: Path) -> Iterator[Node]:
    """Yield the spec with another value at a path, then without the value, then without what it stands in."""
    node = descend(tree, path)
    if node is not None:
        for value in _others(node.value, place_of(path)):
            yield replaced(tree, path, msgspec.structs.replace(node, value=value))
    for length in range(len(path), max(len(path) - 2, 2), -1):
        if descend(tree, path[:length]) is not None:
            yield replaced(tree, path[:length], None)


def _others(value: Any, place: Grammar | None) -> Iterator[Any]:
    """Yield values that differ from this one and are of its kind."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, str):
        yield from (word for word in (place.word("enum") if place else ()) if word != value)
        digits = next((index for index, letter in enumerate(value) if letter.isdigit()), None)
        if digits is not None:
            yield f"{value[:digits]}{(int(value[digits]) + 1) % 9 + 1}{value[digits + 1 :]}"
        yield f"{value}x"
