"""A schema in one file, in standard keywords, with what editors show while one types."""

from collections.abc import Mapping
from typing import Any

from schemas.shape import grammar
from schemas.shape.grammar import Kind
from schemas.shape.validator import address, standard

_KEPT = ("title", "description", "default", "examples", "deprecated")


def bundle(kind: Kind) -> dict[str, Any]:
    """Return the schema of a kind of file without references to other files.

    It says what the validator says: what a layer may lack is not required, and `null` is admitted where it removes.
    """
    sources = {
        address(known, layer): (known, layer, standard(known, layer, _notes))
        for known in grammar.KINDS
        for layer in (False, True)
    }
    definitions: dict[str, Any] = {}

    def referred(reference: str) -> str:
        source, _, pointer = reference.partition("#/$defs/")
        known, layer, whole = sources[source]
        name = f"{'' if known == kind else f'{known}.'}{pointer}{'.layer' if layer else ''}"
        if name not in definitions:
            definitions[name] = {}  # Named before it is walked, so that a definition may refer to itself.
            definitions[name] = joined(whole["$defs"][pointer])
        return f"#/$defs/{name}"

    def joined(place: Any) -> Any:
        if isinstance(place, list):
            return [joined(one) for one in place]
        if not isinstance(place, Mapping):
            return place
        return {
            key: referred(child) if key == "$ref" and isinstance(child, str) else joined(child)
            for key, child in place.items()
        }

    root = {key: child for key, child in sources[address(kind, False)][2].items() if key != "$defs"}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": grammar.schema(kind)["$id"]}
    return {**head, **joined(root), "$defs": dict(sorted(definitions.items()))}


def _notes(place: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an editor shows of a place: its words, and what must be there when a text has not the right form.

    Source: https://code.visualstudio.com/docs/languages/json#_json-schemas-and-settings
    """
    notes = {key: place[key] for key in _KEPT if key in place}
    if reason := place.get("x-reason"):
        default = str(place["default"]).lower() if isinstance(place.get("default"), bool) else place.get("default")
        notes["markdownDescription"] = f"{place.get('description', '')}\n\nDefault: `{default}`. {reason}".strip()
    if "pattern" in place and (words := place.get("x-words")):
        notes["patternErrorMessage"] = f"This must be {words}."
    return notes
