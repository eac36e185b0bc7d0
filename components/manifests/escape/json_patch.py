"""JSON patches (RFC 6902), step by step, around leaves whose values nobody knows yet."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from schemas.model import JsonPatchStep
from schemas.problems import nearest

_PLAIN = (str, int, float, bool, type(None))
_NEEDS = {"add": "value", "replace": "value", "test": "value", "move": "from", "copy": "from", "remove": None}


@dataclass(frozen=True, slots=True)
class StepFlaw:
    """Why a step can't be carried out: its index, the key of it that is wrong, and a sentence."""

    index: int
    key: str | None
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class _Held:
    """A leaf while a patch is applied: it goes where it is moved, is copied by reference, and equals nothing."""

    leaf: Any

    def __deepcopy__(self, memo: Any) -> "_Held":
        return self

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def stepped(value: Any, steps: Sequence[JsonPatchStep]) -> tuple[Any, list[StepFlaw]]:
    """Return a value after the steps, and the flaw of the first step that fails, after which none is tried."""
    # Loaded only for a spec that has such a patch.
    import jsonpatch  # noqa: PLC0415
    import jsonpointer  # noqa: PLC0415

    if shapeless := [flaw for index, step in enumerate(steps) for flaw in _shape(index, step)]:
        return value, shapeless
    found = _held(value)
    for index, step in enumerate(steps):
        plain = {"op": step.op, "path": step.path}
        if step.from_ is not None:
            plain["from"] = step.from_
        if step.value is not msgspec.UNSET:
            plain["value"] = copy.deepcopy(step.value)
        try:
            found = jsonpatch.JsonPatch([plain]).apply(found, in_place=True)
        except jsonpatch.JsonPatchTestFailed:
            known = not isinstance(_deepest(found, step.path)[1], _Held)
            why = "is not this value" if known else "is known only at deployment, so it can't be tested"
            return value, [StepFlaw(index, "value", "SW6005", f"what stands at `{step.path}` {why}.")]
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError):
            return value, [_missing(index, step, found)]
    return _released(found), []


def _shape(index: int, step: JsonPatchStep) -> list[StepFlaw]:
    """Return what a step lacks, and what it has that means nothing."""
    needed = _NEEDS[step.op]
    present = {"value": step.value is not msgspec.UNSET, "from": step.from_ is not None}
    flaws = []
    if needed and not present[needed]:
        flaws.append(StepFlaw(index, None, "SW6004", f"`{step.op}` needs `{needed}`."))
    for key, there in present.items():
        if there and key != needed:
            flaws.append(StepFlaw(index, key, "SW6004", f"`{step.op}` takes no `{key}`."))
    return flaws


def _missing(index: int, step: JsonPatchStep, value: Any) -> StepFlaw:
    """Return the flaw of a step whose path leads nowhere: how far it leads, and what is there."""
    key, pointer = ("path", step.path)
    if step.from_ is not None and _deepest(value, step.from_)[0] != step.from_:
        key, pointer = "from", step.from_
    reached, there = _deepest(value, pointer)
    if isinstance(there, Mapping):
        if near := nearest(pointer.removeprefix(reached).lstrip("/").partition("/")[0], there):
            return StepFlaw(index, key, "SW6003", f"`{pointer}` is not a path of the object.{near}")
        has = ", ".join(f"`{one}`" for one in there)
        kept = f"`{reached or '/'}` has {has}" if has else f"`{reached or '/'}` is empty"
    elif isinstance(there, list):
        kept = f"`{reached}` is a list of {len(there)}"
    else:
        kept = f"`{reached}` is the last part that is there"
    return StepFlaw(index, key, "SW6003", f"`{pointer}` is not a path of the object; {kept}.")


def _deepest(value: Any, pointer: str) -> tuple[str, Any]:
    """Return the longest part of a pointer that is there, and what stands at it."""
    reached = ""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            break
        reached += f"/{part}"
    return reached, value


def _held(value: Any) -> Any:
    """Return a copy in which every leaf is held."""
    if isinstance(value, Mapping):
        return {key: _held(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_held(child) for child in value]
    # A subclass of `str` is a leaf too: the check of a spec puts one where a deployment has a leaf.
    return value if type(value) in _PLAIN else _Held(value)


def _released(value: Any) -> Any:
    if isinstance(value, _Held):
        return value.leaf
    if isinstance(value, dict):
        return {key: _released(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_released(child) for child in value]
    return value
