"""What can be said of files with mistakes beyond those mistakes: the rules are asked of the same files, mended.

A rule needs a model, and what has not its shape has none. So whatever is wrong is mended in two ways, once by what is
nearest to nothing and once by something else. What the rules find both times, where nothing was told before, does not
come from a mend, so a person hears of it together with the rest.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from schemas.platform import exemptions
from schemas.problems import Path, Problem
from schemas.rules import access, ingress, jobs, probes, references
from schemas.shape.grammar import Grammar, Kind, grammar
from schemas.shape.samples import sample
from schemas.shape.suggest import suggestion
from schemas.shape.validator import LATER, LAYERED, Error, errors, fits, matches
from schemas.text.document import Node, descend, grafted, plain, replaced

WAYS = (0, 1)
"""The two ways of mending."""

_ROUNDS = 6
"""A mend may ask for another one: a mapping that takes the place of a text has keys of its own."""
_UNUSED = frozenset({exemptions.UNUSED, references.UNUSED})
"""Problems of what nothing uses: what was mended away may have."""
_UNKNOWN = frozenset({references.UNDECLARED, access.UNKNOWN, jobs.UNKNOWN, ingress.UNKNOWN})
"""Problems of what is not declared: a collection that was mended may have held it."""
_COLLECTION_DEPTH = 2
"""How deep a collection of an application stands: `spec.services`."""
_NOT_IN_IT = frozenset({references.NO_KEY, access.NO_PORT, probes.NO_PORT, ingress.NO_HOST, ingress.NO_PORT})
"""Problems of a name that something declared has not: what was mended in it may have been that name."""
_NAMING = frozenset({"secrets", "configs", "hosts", "port", "ports"})
"""Keys under which such names stand: keys of secrets and configs, hosts, ports."""


def mended(tree: Node, kind: Kind, definition: str | None, way: int) -> Node | None:
    """Return a tree with everything mended that keeps it from its shape, or nothing when that cannot be done.

    Keys of a form that is not allowed stay: a model can hold them.
    """
    for _ in range(_ROUNDS):
        value = plain(tree)
        if fits(kind, definition, value):
            # Mostly so after the first round, and it takes long to say that nothing is wrong.
            return tree
        wrong = [error for error in errors(kind, definition, value) if _matters(error, kind, definition)]
        if not wrong:
            return tree
        mend = _Mend(kind, definition, way)
        # From the end, so that what goes leaves the places of what is still to be mended as they were.
        for error in sorted(wrong, key=_place_in_order, reverse=True):
            path = tuple(error.absolute_path)
            if (found := descend(tree, path)) is not None:
                tree = replaced(tree, path, mend.of(found, error))
    return None


def restored(tree: Node, kind: Kind, paths: Iterable[Path], way: int) -> Node:
    """Return a tree in which, the second way, something stands at the `paths` of values that could not be read."""
    for path in paths if way else ():
        around, meaning = descend(tree, path[:-1]), _meaning(grammar(kind), path)
        if around is None or meaning is None or not isinstance(path[-1], str) or path[-1] in around.entries:
            continue
        new = grafted(sample(meaning, way), around.origin).under(around.origin)
        tree = replaced(tree, path[:-1], around.with_entries({**around.entries, path[-1]: new}))
    return tree


def independent(told: Iterable[Problem], found: Sequence[Iterable[Problem]]) -> list[Problem]:
    """Return what was found whichever way the files were mended, and where nothing has been `told`."""
    if len(found) < len(WAYS):
        return []
    told = tuple(told)
    positions = {_position(problem) for problem in told}
    wrong = [_inner(problem) for problem in told if not problem.origin.layer.startswith("platform")]
    silent = _UNUSED.union(
        _UNKNOWN if any(len(path) <= _COLLECTION_DEPTH for path in wrong) else (),
        _NOT_IN_IT if any(map(_holds_names, wrong)) else (),
    )
    others = [set(problems) for problems in found]
    return [
        problem
        for problem in dict.fromkeys(found[0])
        if problem.code not in silent
        and _position(problem) not in positions
        and all(problem in other for other in others)
    ]


def _inner(problem: Problem) -> Path:
    """Return where a problem stands in an application or in the overlay of an environment."""
    path = problem.origin.path
    return path[2:] if path[:2] == ("spec", "environments") else path


def _holds_names(path: Path) -> bool:
    """Return whether names that others refer to stand at a path, in it, or around it."""
    return len(path) <= _COLLECTION_DEPTH or "ingress" in path[-2:] or not _NAMING.isdisjoint(path)


def _position(problem: Problem) -> tuple[str, int, int]:
    return problem.origin.file, problem.origin.line, problem.origin.column


def _matters(error: Error, kind: Kind, definition: str | None) -> bool:
    """Return whether an error has to be mended: another layer may bring what a layer lacks."""
    if "propertyNames" in error.relative_schema_path:
        return False
    layered = LAYERED[kind] if definition is None else frozenset()
    return not (error.validator in LATER and layered & set(error.absolute_path))


class _Mend:
    """One way of mending errors of a kind of file."""

    def __init__(self, kind: Kind, definition: str | None, way: int) -> None:
        self._kind: Kind = kind
        self._definition = definition
        self._way = way

    def of(self, node: Node, error: Error) -> Node | None:
        """Return the node at an error's path as it may be, or nothing when it has to go."""
        path = tuple(error.absolute_path)
        place = _meaning(grammar(self._kind, self._definition), path)
        keyword = str(error.validator)
        if keyword == "additionalProperties":
            return self._without_unknown(node, error, path, place)
        if keyword == "x-excludes":
            dropped = set(error.validator_value) - {sorted(error.validator_value)[-self._way]}
            return node.with_entries({key: child for key, child in node.entries.items() if key not in dropped})
        if keyword in _LACKS:
            return self._filled(node, _LACKS[keyword](error, place), place)
        if keyword == "uniqueItems" and isinstance(node.value, tuple):
            return Node(tuple({repr(plain(item)): item for item in node.value}.values()), node.origin, node.key)
        if place is None or (self._way == 0 and path):
            return None
        return grafted(sample(place, self._way), node.origin).under(node.key)

    def _without_unknown(self, node: Node, error: Error, path: Path, place: Grammar | None) -> Node:
        """Return a mapping without its unknown keys; the second way has what they were probably meant to be."""
        patterns = tuple(error.schema.get("patternProperties", ()))
        known = error.schema.get("properties", ())
        unknown = [key for key in node.entries if key not in known and not any(matches(one, key) for one in patterns)]
        kept = node.with_entries({key: child for key, child in node.entries.items() if key not in unknown})
        if self._way == 0:
            return kept
        meant = [word for key in unknown for word in suggestion(self._kind, self._definition, path, key).instead]
        return self._filled(kept, [word for word in sorted(meant) if word not in kept.entries], place)

    def _filled(self, node: Node, keys: Iterable[str], place: Grammar | None) -> Node:
        entries = dict(node.entries)
        for key in keys:
            if place is not None and (child := place.child(key)) is not None:
                entries[key] = grafted(sample(child, self._way), node.origin).under(node.origin)
        if isinstance(node.value, tuple):
            item = place.item() if place is not None else None
            return Node((grafted(sample(item, self._way), node.origin),) if item else (), node.origin, node.key)
        return node.with_entries(entries)


def _lacking_beside(error: Error, _: Grammar | None) -> list[str]:
    return [need for key, needs in error.validator_value.items() if key in error.instance for need in needs]


_LACKS: dict[str, Any] = {
    "required": lambda error, _: error.validator_value,
    "x-choose": lambda error, _: error.validator_value[:1],
    "dependentRequired": _lacking_beside,
    "minProperties": lambda _, place: [next(iter(place.properties), "sample")] if place else [],
    "minItems": lambda _, __: [],
}
"""By keyword, the keys that a mapping lacks."""


def _meaning(place: Grammar, path: Path) -> Grammar | None:
    found: Grammar | None = place
    for part in path:
        found = found and (found.child(part) if isinstance(part, str) else found.item())
    return found


def _place_in_order(error: Error) -> list[tuple[bool, str | int]]:
    return [(isinstance(part, int), part) for part in error.absolute_path]
