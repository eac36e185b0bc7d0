"""What differs between two renderings, object by object and field by field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.problems import Path


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of an object, or a whole object, that one rendering has otherwise than the other."""

    kind: str
    name: str
    path: Path
    """The field; empty for a whole object."""
    before: Any
    """Nothing where the field or object was not there."""
    after: Any
    """Nothing where the field or object is not there any more."""


def differences(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """Return every difference, sorted by kind, name and field. Items of lists are compared by their `name`."""
    old, new = (_by_identity(objects) for objects in (before, after))
    return [
        Difference(kind, name, path, *values)
        for kind, name in sorted({*old, *new})
        for path, *values in _fields(old.get((kind, name)), new.get((kind, name)), ())
    ]


def _by_identity(objects: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(str(one["kind"]), str(one["metadata"]["name"])): one for one in objects}


def _fields(before: Any, after: Any, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    if before == after:
        return
    old, new = _parts(before), _parts(after)
    if old is None or new is None:
        yield path, before, after
        return
    for key in [*old, *(key for key in new if key not in old)]:
        yield from _fields(old.get(key), new.get(key), (*path, key))


def _parts(value: Any) -> Mapping[Any, Any] | None:
    """Return the parts of a mapping by key, of a list by name or index; nothing of what has none."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list | tuple):
        names = [item.get("name") if isinstance(item, Mapping) else None for item in value]
        named = None not in names and len(set(names)) == len(names)
        return dict(zip(names if named else range(len(value)), value, strict=True))
    return None
