"""Which part of a patch brought a part of an object."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.manifests.escape.kinds import Place, kind_of
from components.manifests.objects import Manifest
from schemas.model import JsonPatchStep, Patch
from schemas.problems import Path


def bringer(one: Manifest, patches: Mapping[str, Patch], path: Path, version: str) -> Path:
    """Return the place in the spec that brought the value at a path of a patched object.

    Of several patches the last that reaches furthest counts; when none reaches the path, the last patch itself.
    """
    best: tuple[int, Path] = (0, ("patches", list(patches)[-1])) if patches else (0, ())
    for name, patch in patches.items():
        if patch.json_patch is not None:
            depth, place = _by_steps(patch.json_patch, path)
            found: Path = ("patches", name, "jsonPatch", *place)
        else:
            root = (kind_of(one["apiVersion"], one["kind"], version) if version else None) or Place(version, {})
            depth, place = _by_merge(patch.strategic_merge or {}, one, path, root)
            found = ("patches", name, "strategicMerge", *place)
        if depth and depth >= best[0]:
            best = (depth, found)
    return best[1]


def _by_merge(patch: Any, value: Any, path: Path, place: Place) -> tuple[int, Path]:
    """Return how far along a path of the object a strategic merge reaches, and its place there."""
    way: list[str | int] = []
    depth = 0
    for part in path:
        inner = place.item() if isinstance(part, int) else place.field(part)
        if isinstance(part, int) and isinstance(patch, list) and isinstance(value, list) and part < len(value):
            index = _item(patch, value, part, place)
            if index is None:
                break
            patch, value = patch[index], value[part]
            way.append(index)
        elif isinstance(part, str) and isinstance(patch, Mapping) and part in patch:
            patch = patch[part]
            value = value.get(part) if isinstance(value, Mapping) else None
            way.append(part)
        else:
            break
        depth, place = depth + 1, inner
    return depth, tuple(way)


def _item(patch: Sequence[Any], value: Sequence[Any], part: int, place: Place) -> int | None:
    """Return which item of the patch became an item of the object's list."""
    key = place.merge_key
    if "merge" in place.strategies and key is not None and isinstance(value[part], Mapping):
        wanted = value[part].get(key)
        return next((i for i, one in enumerate(patch) if isinstance(one, Mapping) and one.get(key) == wanted), None)
    return next((i for i, one in enumerate(patch) if one == value[part]), None)


def _by_steps(steps: Sequence[JsonPatchStep], path: Path) -> tuple[int, Path]:
    """Return how far along a path of the object the steps of a JSON patch reach, and the place of the last such step.

    A list's index may have moved since; `-` is where the list ends now.
    """
    best: tuple[int, Path] = (0, ())
    for index, step in enumerate(steps):
        parts = [part.replace("~1", "/").replace("~0", "~") for part in step.path.split("/")[1:]]
        shared = min(len(parts), len(path))
        if not all(part in (str(wanted), "-") for part, wanted in zip(parts[:shared], path[:shared], strict=True)):
            continue
        place: list[str | int] = [index]
        inner: Any = step.value
        if len(parts) <= len(path) and step.op in ("add", "replace"):
            place.append("value")
            for part in path[len(parts) :]:
                is_there = part in inner if isinstance(inner, Mapping) else isinstance(part, int)
                if not is_there:
                    break
                place.append(part)
                inner = inner[part]
        if shared >= best[0]:
            best = (shared, tuple(place))
    return best
