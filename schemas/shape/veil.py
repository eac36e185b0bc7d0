"""Whether a value may be shown while a file is still read, before it has been held against its schema."""

from schemas.problems import Path, may_be_secret
from schemas.shape.grammar import KINDS, Grammar, grammar


def may_be_shown(layer: str, path: Path) -> bool:
    """Return whether the value at a path of a file is of no secret: one whose meaning is known to be another.

    What has no meaning may be anything, as the variable of a service whose `env` stands one level too high. `layer` is
    the kind of the file.
    """
    kind = next((kind for kind in KINDS if kind == layer), None)
    if kind is None or may_be_secret(path):
        return False
    place: Grammar | None = grammar(kind)
    for part in path:
        if place is None:
            return False
        place = place.child(part) if isinstance(part, str) else place.item()
    return place is not None
