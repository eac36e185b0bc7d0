"""Strategic merge: how Kubernetes lays a part of an object over the whole.

Source: https://github.com/kubernetes/apimachinery/blob/master/pkg/util/strategicpatch/patch.go, whose order of a
merged list and whose directives (`$patch`, `$retainKeys`, `$deleteFromPrimitiveList/…`) are kept. Leaves, whose
values nobody knows yet, are placed and never looked at.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from components.manifests.escape.kinds import Place

DIRECTIVE = "$patch"
RETAIN = "$retainKeys"
DELETE_FROM = "$deleteFromPrimitiveList/"
ORDER = "$setElementOrder/"

_Map = Mapping[str, Any]


def merged(original: Any, patch: Any, place: Place) -> Any:
    """Return `original` with `patch` laid over it. Neither is changed.

    Raises:
        ValueError: a directive has no meaning where it stands, or an item of a list lacks the key that finds it.

    """
    if isinstance(original, Mapping) and isinstance(patch, Mapping):
        return dict(patch) if "replace" in place.strategies else _maps(original, patch, place)
    if isinstance(original, list) and isinstance(patch, list):
        return _lists(original, patch, place) if "merge" in place.strategies else _bare(patch)
    return _bare(patch)


def _maps(original: _Map, patch: _Map, place: Place) -> dict[str, Any]:
    directive = patch.get(DIRECTIVE)
    if directive == "delete":
        return {}
    if directive == "replace":
        return {key: _bare(value) for key, value in patch.items() if key != DIRECTIVE}
    if directive not in (None, "merge"):
        raise ValueError(f"`{DIRECTIVE}` must be `delete`, `replace` or `merge`.")
    found = dict(original)
    if RETAIN in patch:
        retained = _listed(patch, RETAIN)
        found = {key: value for key, value in found.items() if key in retained}
    for key, value in patch.items():
        if key in (DIRECTIVE, RETAIN):
            continue
        if key.startswith(DELETE_FROM):
            name, gone = key.removeprefix(DELETE_FROM), _listed(patch, key)
            if isinstance(found.get(name), list):
                found[name] = [one for one in found[name] if one not in gone]
        elif key.startswith("$"):
            raise ValueError(f"`{key}` is not a directive that is known here.")
        elif value is None:
            found.pop(key, None)
        else:
            found[key] = merged(found[key], value, place.field(key)) if key in found else _bare(value)
    return found


def _listed(patch: _Map, directive: str) -> list[Any]:
    """Return the list that stands under a directive."""
    value = patch[directive]
    if not isinstance(value, list):
        raise ValueError(f"`{directive}` must be a list.")
    return value


def _lists(original: list[Any], patch: list[Any], place: Place) -> list[Any]:
    if place.merge_key is None:
        return _ordered([*original, *(one for one in patch if one not in original)], patch, original)
    kept, brought = list(original), []
    replaces = False
    for one in patch:
        if not isinstance(one, Mapping):
            raise ValueError(f"the items of this list are mappings with `{place.merge_key}`.")
        directive = one.get(DIRECTIVE)
        if directive == "replace" and len(one) > 1:
            raise ValueError(f"`{DIRECTIVE}: replace` stands in an item of its own, beside the list's new items.")
        if directive == "replace":
            replaces = True
        elif directive == "delete":
            kept = [other for other in kept if not _same(other, one, place)]
        elif directive in (None, "merge"):
            brought.append(one)
        else:
            raise ValueError(f"`{DIRECTIVE}` must be `delete`, `replace` or `merge`.")
    if replaces:
        return [_bare(one) for one in brought]
    return _items(kept, brought, place)


def _items(kept: list[Any], brought: list[Any], place: Place) -> list[Any]:
    """Return a list of mappings with others laid over it, each over the one with its key."""
    found = list(kept)
    places: list[Any] = []
    for one in brought:
        index = next((i for i, other in enumerate(found) if _same(other, one, place)), None)
        if index is None:
            places.append(_bare(one))
            found.append(places[-1])
        else:
            found[index] = merged(found[index], one, place.item())
            places.append(found[index])
    order = [next((new for new in found if _same(new, old, place)), None) for old in kept]
    return _ordered(found, places, order)


def _ordered(items: list[Any], brought: Sequence[Any], before: Sequence[Any]) -> list[Any]:
    """Return items in the order that Kubernetes gives them.

    An item of the patch stands before those that the patch does not name, unless both were there and stood otherwise.
    """
    first = [one for one in brought if any(one is other or one == other for other in items)]
    rest = [one for one in items if not any(one is other or one == other for other in first)]
    found: list[Any] = []
    while first and rest:
        left, right = _position(rest[0], before), _position(first[0], before)
        found.append(rest.pop(0) if left is not None and right is not None and left < right else first.pop(0))
    return [*found, *first, *rest]


def _position(one: Any, before: Sequence[Any]) -> int | None:
    return next((index for index, other in enumerate(before) if other is one or other == one), None)


def _same(one: Any, other: Any, place: Place) -> bool:
    """Return whether two items are the same to a merge; a port is its number, and its protocol where both say one.

    Raises:
        ValueError: an item lacks the key.

    """
    key = place.merge_key or ""
    for item in (one, other):
        if not isinstance(item, Mapping) or key not in item:
            raise ValueError(f"an item of this list needs `{key}`, by which it is found.")
    return all(one[name] == other[name] for name in place.identity if name in one and name in other)


def _bare(value: Any) -> Any:
    """Return what a patch brings where nothing was: without directives, and without what it would remove."""
    if isinstance(value, Mapping):
        if value.get(DIRECTIVE) == "delete":
            return {}
        return {key: _bare(child) for key, child in value.items() if child is not None and not key.startswith("$")}
    if isinstance(value, list):
        return [_bare(one) for one in value if not (isinstance(one, Mapping) and one.get(DIRECTIVE) == "delete")]
    return value
