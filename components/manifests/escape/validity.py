"""Whether an object is one that Kubernetes takes, strictly, in the version that the platform has."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from components.manifests.escape.kinds import definitions, kind_schema
from components.manifests.objects import Manifest
from schemas.problems import Path, listed, nearest
from schemas.shape.sentences import shown

_VEILED = {"env", "data", "stringData", "binaryData", "args", "command"}
"""Keys under which a secret may stand by mistake: values there are never shown."""

_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A place in an object where Kubernetes would refuse it, and why."""

    path: Path
    message: str
    at_key: bool = False
    """Whether the key is wrong, and not its value."""


def wrongs(one: Manifest, version: str) -> list[Wrong]:
    """Return everything for which Kubernetes would refuse an object; nothing for a kind that it does not have."""
    validator = _validator(one["apiVersion"], one["kind"], version)
    if validator is None:
        return []
    return [wrong for error in validator.iter_errors(one) for wrong in _told(error)]


@cache
def _validator(api_version: str, kind: str, version: str) -> Any:
    schema = kind_schema(api_version, kind, version)
    if schema is None:
        return None
    types = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://kubernetes.io/api/_definitions.json",
        "$defs": definitions(version),
    }
    resources = [Resource.from_contents(dict(schema)), Resource.from_contents(types)]
    registry: Registry[Any] = resources @ Registry()
    return Draft202012Validator(dict(schema), registry=registry)


def _told(error: Any) -> Iterator[Wrong]:
    """Yield one error of the validator in our own words; an unknown field each by itself."""
    path: Path = tuple(error.absolute_path)
    keyword, limit = error.validator, error.validator_value
    if keyword == "additionalProperties":
        known = tuple(error.schema.get("properties", ()))
        for key in error.instance:
            if key not in known:
                near = nearest(str(key), known)
                hint = near or (f" Known here: {listed(sorted(known), 'and')}." if len(known) <= 16 else "")
                yield Wrong((*path, key), f"`{key}` is not a field here.{hint}", at_key=True)
    elif keyword == "required":
        missing = [key for key in limit if key not in error.instance]
        # The validator tells each missing key by itself, and its text names which.
        yield from (Wrong(path, f"`{key}` is missing.") for key in missing if f"'{key}'" in error.message)
    elif keyword == "type":
        yield Wrong(path, f"{_shown(error.instance, path)} must be {_types(limit)}.")
    elif keyword == "oneOf":
        kinds = [kind for branch in limit for kind in _listed(branch.get("type"))]
        yield Wrong(path, f"{_shown(error.instance, path)} must be {_types(kinds)}.")
    elif keyword == "enum":
        words = [str(word) for word in limit if word is not None]
        near = nearest(error.instance, words) if isinstance(error.instance, str) else ""
        yield Wrong(path, f"{_shown(error.instance, path)} must be {listed(words)}.{near}")
    else:
        yield Wrong(path, f"{_shown(error.instance, path)} is not what Kubernetes takes here ({keyword}).")


def _types(kinds: Any) -> str:
    words = dict.fromkeys(_WORDS[kind] for kind in _listed(kinds) if kind in _WORDS)
    return " or ".join(words)


def _listed(kinds: Any) -> list[str]:
    return [kinds] if isinstance(kinds, str) else list(kinds or ())


def _shown(value: Any, path: Path) -> str:
    """Return a value for a message; text is in quotes, because a number of the same digits may be what was meant."""
    written = f'"{value}"' if isinstance(value, str) else None
    return shown(value, not _VEILED.isdisjoint(path), written)
