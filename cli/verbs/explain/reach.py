"""Which fields of which objects a value reaches: it is changed, everything is rendered again, and the two compared."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import msgspec

from cli.verbs.render import objects
from components.manifests.difference import Difference, differences
from schemas.layers.provenance import place_of
from schemas.plan.named import Plans
from schemas.problems import Path
from schemas.project import Project
from schemas.resolve import application_model
from schemas.shape.vary import others
from schemas.spec import Spec
from schemas.text.document import Node, descend, plain, replaced

_TRIED = 4
"""How many other values are tried: the nearest may be a neighbour's, and so change nothing."""


def reached(project: Project, spec: Spec, path: Path) -> list[Difference]:
    """Return what changes in the rendered objects when the value at a path is another one, or is not there.

    The change may break rules: what is asked is where the value goes, not whether another one would do.
    """
    before = objects(spec)
    plans = Plans(project.folder, project.today)
    for tree in _variants(spec.tree, path):
        try:
            model = application_model(
                project,
                tree,
                spec.environment.name,
                spec.application.location,
                stages=spec.application.stages,
                plans=plans.of(tree)[0],
            )
            after = objects(replace(spec, application=model, tree=tree))
        except (KeyError, ValueError, TypeError, StopIteration, msgspec.ValidationError):
            # A name that leads nowhere, or a text that is none of its kind: another variant may still tell.
            continue
        if found := differences(before, after):
            return found
    return []


def _variants(tree: Node, path: Path) -> Iterator[Node]:
    """Yield the spec with another value at a path, then without the value, then without what it stands in."""
    node, place = descend(tree, path), place_of(path)
    if node is not None and place is not None:
        for value in islice(others(place, plain(node)), _TRIED):
            yield replaced(tree, path, msgspec.structs.replace(node, value=value))
    for length in range(len(path), max(len(path) - 2, 2), -1):
        if descend(tree, path[:length]) is not None:
            yield replaced(tree, path[:length], None)
