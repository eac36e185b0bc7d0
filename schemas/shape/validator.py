"""The JSON Schemas as validators: one that answers at once whether a document fits, and one that says why not."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from schemas.shape import grammar
from schemas.shape.grammar import Kind

Error = Any
"""A `jsonschema.ValidationError`, whose stubs type every attribute as possibly unset."""

LAYERED: dict[Kind, frozenset[str]] = {
    "application": frozenset(
        {"services", "jobs", "secrets", "configs", "ingress", "patches", "extraObjects", "locations"}
    ),
    "platform": frozenset({"services", "locations"}),
    "release": frozenset(),
    "plan": frozenset(),
}
"""Keys whose content is merged from several layers, so that one layer need not be complete."""
LATER = ("required", "dependentRequired", "x-choose")
"""Keywords that fail for what is not there, and another layer may still bring."""

_NOT_NULL = {"not": {"type": "null"}}


def fits(kind: Kind, definition: str | None, value: Any) -> bool:
    """Return whether a value surely has the shape of a whole file, or of one definition after merging.

    What does not fit here may still be right: `errors` has the last word.
    """
    try:
        return _compiled(kind, definition).is_valid(value)
    except ValueError:
        # A number or text that has no JSON form.
        return False


def errors(kind: Kind, definition: str | None, value: Any) -> Iterator[Error]:
    """Yield what keeps a value from the shape of a whole file, or of one definition after merging.

    In the file of an application or a platform `null` is admitted everywhere: it removes what a lower layer brought.
    """
    yield from _explaining(kind, definition, _with_nulls(kind, definition)).iter_errors(value)


def _with_nulls(kind: Kind, definition: str | None) -> bool:
    return kind in ("application", "platform") and definition is None


@cache
def _compiled(kind: Kind, definition: str | None) -> jsonschema_rs.Draft202012Validator:
    """Return a validator that knows only standard keywords, ours written out in them."""
    nulls = _with_nulls(kind, definition)
    resources = [
        (address(known, layer), _Standard(known, nulls, layer).rewritten(grammar.schema(known)))
        for known in grammar.KINDS
        for layer in (False, True)
    ]
    target = address(kind, False) + (f"#/$defs/{definition}" if definition else "")
    return jsonschema_rs.Draft202012Validator({"$ref": target}, registry=jsonschema_rs.Registry(resources))


Notes = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Given a place of a schema: keywords for people, which validate nothing."""


def standard(kind: Kind, layer: bool, notes: Notes) -> dict[str, Any]:
    """Return the schema of a file or, with `layer`, of what may lack what another layer brings, in standard keywords.

    It admits `null` where a file may say so, and refers to the others by `address`.
    """
    rewritten: dict[str, Any] = _Standard(kind, _with_nulls(kind, None), layer, notes).rewritten(grammar.schema(kind))
    return rewritten


def address(kind: Kind, layer: bool) -> str:
    """Return the name by which a schema in standard keywords is referred to."""
    return f"https://stackwright.dev/compiled/{kind}{'-layer' if layer else ''}.json"


class _Standard:
    """Rewrites a schema in standard keywords; with `layer`, what a layer may lack is not required."""

    def __init__(self, kind: Kind, nulls: bool, layer: bool, notes: Notes = lambda _: {}) -> None:
        self._kind = kind
        self._nulls = nulls
        self._layer = layer
        self._notes = notes

    def rewritten(self, place: Any) -> Any:
        """Return one place of the schema, rewritten with all below it."""
        if isinstance(place, list):
            return [self.rewritten(one) for one in place]
        if not isinstance(place, Mapping):
            return place
        new: dict[str, Any] = {}
        for key, value in place.items():
            if key == "properties":
                new[key] = {name: self._property(name, child) for name, child in value.items()}
            elif key in ("$defs", "patternProperties", "dependentSchemas"):
                new[key] = {name: self.rewritten(child) for name, child in value.items()}
            elif key == "$ref":
                new[key] = self._reference(value)
            elif key in ("anyOf", "allOf", "items", "additionalProperties", "propertyNames"):
                new[key] = self.rewritten(value)
            elif not key.startswith("x-") and key not in ("$id", "$schema", "default", "examples", "description"):
                new[key] = value
        self._admit_null(new)
        rules = [*self._presence(new), *self._choices(place.get("x-choices", ()))]
        if rules:
            new["allOf"] = [*new.get("allOf", ()), *rules]
        return {**self._notes(place), **new}

    def _property(self, name: str, child: Any) -> Any:
        # Only a whole file has layers; after merging nothing more can come.
        layered = self._nulls and name in LAYERED[self._kind]
        inner = _Standard(self._kind, self._nulls, True, self._notes) if layered else self
        return inner.rewritten(child)

    def _reference(self, reference: str) -> str:
        file, _, pointer = reference.partition("#")
        kind = next((known for known in grammar.KINDS if file == f"{known}.json"), self._kind)
        return f"{address(kind, self._layer)}#{pointer}"

    def _admit_null(self, new: dict[str, Any]) -> None:
        if not self._nulls:
            return
        if "type" in new:
            types = new["type"] if isinstance(new["type"], list) else [new["type"]]
            new["type"] = [*types, "null"]
        if "const" in new:
            new["enum"] = [new.pop("const")]
        if "enum" in new:
            new["enum"] = [*new["enum"], None]
        if "anyOf" in new:
            new["anyOf"] = [*new["anyOf"], {"type": "null"}]

    def _presence(self, new: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield that what is required is more than `null`; a layer requires nothing."""
        if self._layer:
            new.pop("required", None)
            new.pop("dependentRequired", None)
        elif required := new.get("required"):
            yield {"properties": dict.fromkeys(required, _NOT_NULL)}

    def _choices(self, choices: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        for choice in choices:
            for pair in itertools.combinations(choice["of"], 2):
                yield {"not": {"required": list(pair)}}
            if choice.get("required") and not self._layer:
                one_of = [{"required": [key], "properties": {key: _NOT_NULL}} for key in choice["of"]]
                yield {"if": {"type": "object"}, "then": {"anyOf": one_of}}


@cache
def _explaining(kind: Kind, definition: str | None, nulls: bool) -> Any:
    """Return a validator that tells every error with its context, and admits `null` everywhere or nowhere."""
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415 - only what is wrong waits for it
    from referencing import Registry, Resource  # noqa: PLC0415

    schemas = [grammar.schema(known) for known in grammar.KINDS]
    registry: Registry[Any] = Registry().with_resources([(one["$id"], Resource.from_contents(one)) for one in schemas])
    keywords: dict[str, Any] = {"x-choices": _choices, "required": _required, "pattern": _pattern}
    if nulls:
        inner = {name: Draft202012Validator.VALIDATORS[name] for name in ("type", "enum", "const", "anyOf")}
        keywords |= {name: _unless_null(check) for name, check in inner.items()}
    whole = grammar.schema(kind)
    target = whole if definition is None else {"$ref": f"{whole['$id']}#/$defs/{definition}"}
    extend: Any = validators.extend
    return extend(Draft202012Validator, keywords)(target, registry=registry)


def _error(keyword: str, value: Any, instance: Any, schema: Any) -> Error:
    from jsonschema import ValidationError  # noqa: PLC0415 - as above

    return ValidationError(keyword, validator=keyword, validator_value=value, instance=instance, schema=schema)


def _unless_null(inner: Any) -> Any:
    def check(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Error]:
        return iter(()) if instance is None else iter(inner(validator, value, instance, schema) or ())

    return check


def _pattern(_: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Error]:
    """Match as ECMAScript does, where `$` is the end and not also what stands before a last line break."""
    if isinstance(instance, str) and not matches(pattern, instance):
        yield _error("pattern", pattern, instance, schema)


def matches(pattern: str, text: str) -> bool:
    """Return whether a pattern of a schema is found in a text."""
    return re.search(f"{pattern[:-1]}\\Z" if pattern.endswith("$") else pattern, text) is not None


def _required(_: Any, required: list[str], instance: Any, schema: Any) -> Iterator[Error]:
    if isinstance(instance, Mapping) and (missing := [key for key in required if instance.get(key) is None]):
        yield _error("required", missing, instance, schema)


def _choices(_: Any, choices: list[dict[str, Any]], instance: Any, schema: Any) -> Iterator[Error]:
    if not isinstance(instance, Mapping):
        return
    for choice in choices:
        present = [key for key in choice["of"] if instance.get(key) is not None]
        if len(present) > 1:
            yield _error("x-excludes", present, instance, schema)
        elif choice.get("required") and not present:
            yield _error("x-choose", choice["of"], instance, schema)
