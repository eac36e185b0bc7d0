"""The schemas as trees to walk: what a key means, what excludes what, and which values are defaults."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any, Literal

Kind = Literal["application", "platform", "release", "plan"]
KINDS: tuple[Kind, ...] = ("application", "platform", "release", "plan")


@cache
def schema(kind: Kind) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one kind of file, as it is published."""
    text = resources.files("schemas").joinpath(f"{kind}.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@dataclass(frozen=True, slots=True)
class Choice:
    """Keys of one mapping that exclude each other: choosing one in a layer drops the others of the layers below."""

    of: tuple[str, ...]
    required: bool
    """Whether one of them must be there after merging."""
    companions: Mapping[str, tuple[str, ...]]
    """Keys that mean something only beside one of the choice's keys, and go with it."""

    def dropped_by(self, chosen: set[str], below: set[str]) -> set[str]:
        """Return the keys that vanish from the layers `below` when a layer brings the `chosen` keys.

        Another branch replaces the whole of the one below, so the keys that stood beside that one go too.
        """
        if not chosen & set(self.of):
            return set()
        others = (set(self.of) - chosen) & below
        return others | {key for branch in others for key in self.companions.get(branch, ())}

    def closed_to(self, present: set[str]) -> set[str]:
        """Return the keys that have no place beside the `present` ones, so that no default may bring them."""
        if not present & set(self.of):
            return set()
        others = set(self.of) - present
        kept = {key for branch in present & set(self.of) for key in self.companions.get(branch, ())}
        return others | ({key for branch in others for key in self.companions.get(branch, ())} - kept)


class Grammar:
    """One place of a schema, with references followed. Hash and equality are by identity of the place."""

    def __init__(self, kind: Kind, place: Mapping[str, Any]) -> None:
        self._kind: Kind = kind
        self._place = place
        self._parts = tuple(_flattened(kind, place))

    @cached_property
    def properties(self) -> dict[str, "Grammar"]:
        """The keys that are named here, with what they mean. Of several meanings the outermost counts."""
        found: dict[str, Grammar] = {}
        for kind, part in self._parts:
            for key, child in part.get("properties", {}).items():
                found.setdefault(key, grammar_at(kind, child))
        return found

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """The keys that exclude each other here."""
        return tuple(_choice(entry) for _, part in self._parts for entry in part.get("x-choices", ()))

    @cached_property
    def opaque(self) -> bool:
        """Whether the value is in another language than ours, and so one value to the merge, `null` within it too."""
        return any(part.get("x-opaque", False) for _, part in self._parts)

    @cached_property
    def inherits(self) -> bool:
        """Whether the value has what it does not say from what is around it, so that `null` in it counts until then."""
        return any(part.get("x-inherits", False) for _, part in self._parts)

    @cached_property
    def has_default(self) -> bool:
        """Whether the value has a built-in default."""
        return any("default" in part for _, part in self._parts)

    @cached_property
    def default(self) -> Any:
        """The built-in default. The outermost one counts, so that a use can differ from a definition."""
        return next(part["default"] for _, part in self._parts if "default" in part)

    @cached_property
    def defaulted(self) -> dict[str, "Grammar"]:
        """The named keys that have a built-in default."""
        return {key: child for key, child in self.properties.items() if child.has_default}

    @cached_property
    def brings_defaults(self) -> bool:
        """Whether a mapping here may lack something that has a built-in default, at any depth."""
        seen: set[Grammar] = set()
        unseen = [self]
        while unseen:
            place = unseen.pop()
            if place.defaulted:
                return True
            seen.add(place)
            below = (*place.properties.values(), *((place.any_child,) if place.any_child else ()))
            unseen += [child for child in below if child not in seen]
        return False

    @cached_property
    def forms(self) -> tuple[Mapping[str, Any], ...]:
        """What a value may be here: for each branch of `anyOf` the keywords that bind it, with all its `patterns`."""
        return tuple(_forms(self._kind, self._place))

    def word(self, name: str) -> str:
        """Return an annotation such as `description` or `x-reason`, or nothing."""
        return next((part[name] for _, part in self._parts if name in part), "")

    def table(self, name: str) -> dict[str, str]:
        """Return an annotation that is a table, such as `x-suggest`: of each part that has one, the outermost first."""
        return {key: said for _, part in reversed(self._parts) for key, said in part.get(name, {}).items()}

    def child(self, key: str) -> "Grammar | None":
        """Return what a key or a list's item means here, or nothing when it has no meaning."""
        return self.properties.get(key, self.any_child)

    @cached_property
    def any_child(self) -> "Grammar | None":
        """What a key means here that is not named."""
        for kind, part in self._parts:
            if isinstance(extra := part.get("additionalProperties"), Mapping):
                return grammar_at(kind, extra)
        return None

    def item(self) -> "Grammar | None":
        """Return what a list's items mean here."""
        return next((grammar_at(kind, part["items"]) for kind, part in self._parts if "items" in part), None)


def grammar(kind: Kind, definition: str | None = None) -> Grammar:
    """Return a whole kind of file, or one of its named definitions, as a tree to walk."""
    whole = schema(kind)
    return grammar_at(kind, whole["$defs"][definition] if definition else whole)


_known: dict[int, Grammar] = {}


def grammar_at(kind: Kind, place: Mapping[str, Any]) -> Grammar:
    """Return the tree that starts at a place of a loaded schema. Schemas live as long as the process, so ids hold."""
    found = _known.get(id(place))
    if found is None:
        found = _known[id(place)] = Grammar(kind, place)
    return found


def _flattened(kind: Kind, place: Mapping[str, Any]) -> Iterator[tuple[Kind, Mapping[str, Any]]]:
    """Yield a place and all it refers to: `$ref`, `allOf`, and of `anyOf` (short or long form) every branch."""
    yield kind, place
    if reference := place.get("$ref"):
        yield from _flattened(*_followed(kind, reference))
    for branch in (*place.get("allOf", ()), *place.get("anyOf", ())):
        yield from _flattened(kind, branch)


_BINDING = (
    "type",
    "enum",
    "const",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "minProperties",
    "uniqueItems",
    "required",
    "dependentRequired",
    "examples",
    "default",
)
"""Keywords that say what one value may be, or show one."""


def _forms(kind: Kind, place: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the forms of a place: what all its parts say together, once for each way through its `anyOf`s."""
    own: dict[str, Any] = {key: place[key] for key in _BINDING if key in place}
    own["patterns"] = (place["pattern"],) if "pattern" in place else ()
    forms = [own]
    if reference := place.get("$ref"):
        forms = _joined(forms, _forms(*_followed(kind, reference)))
    for part in place.get("allOf", ()):
        forms = _joined(forms, _forms(kind, part))
    if branches := place.get("anyOf"):
        forms = _joined(forms, [form for branch in branches for form in _forms(kind, branch)])
    return forms


def _joined(outer: Sequence[Mapping[str, Any]], inner: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return every pair of forms as one, in which what the outer one says comes first."""
    return [{**one, **other, "patterns": (*one["patterns"], *other["patterns"])} for other in outer for one in inner]


def _followed(kind: Kind, reference: str) -> tuple[Kind, Mapping[str, Any]]:
    file, _, pointer = reference.partition("#")
    target = next((known for known in KINDS if file == f"{known}.json"), kind)
    place: Any = schema(target)
    for part in pointer.strip("/").split("/"):
        place = place[part]
    return target, place


def _choice(entry: Mapping[str, Any]) -> Choice:
    companions = {branch: tuple(keys) for branch, keys in entry.get("with", {}).items()}
    return Choice(of=tuple(entry["of"]), required=entry.get("required", False), companions=companions)
