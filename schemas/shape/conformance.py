"""Whether a document has the shape of its schema, and what is wrong when it has not."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from schemas.problems import Origin, Path, Problem, key_shown
from schemas.shape.grammar import Kind
from schemas.shape.sentences import FORM, TYPE, Told, hint, sentence
from schemas.shape.suggest import suggestion
from schemas.shape.validator import LATER, LAYERED, Error, errors, fits, matches
from schemas.text.document import Node, descend, origin_of, plain

_ABSENCES = (*LATER, "minProperties", "minItems")
"""Keywords that fail for what is not there."""


def layer_problems(tree: Node, kind: Kind, unsure: frozenset[Path] = frozenset()) -> list[Problem]:
    """Return what is wrong with a file as it is written, before anything is merged.

    In an application and a platform `null` is admitted everywhere, because it removes what a lower layer brought; and
    what a service or location lacks in one layer may come from another. `unsure` are the paths of mappings and lists
    that could not be read whole: nothing is missing there.
    """
    return _problems(_Document(tree, kind, None, LAYERED[kind], unsure))


def merged_problems(
    tree: Node, kind: Kind, definition: str, removed: Callable[[Path], Origin | None] = lambda _: None
) -> list[Problem]:
    """Return what is wrong with a tree after all layers were merged into it.

    `removed` says where a layer took away what stood at a path below it: that is why it is missing now.
    """
    return _problems(_Document(tree, kind, definition, frozenset(), frozenset(), removed))


class _Document(NamedTuple):
    """A tree, and what it is held against."""

    tree: Node
    kind: Kind
    definition: str | None
    layered: frozenset[str]
    """Under these keys nothing is missing yet: another layer may bring it."""
    unsure: frozenset[Path]
    removed: Callable[[Path], Origin | None] = lambda _: None


class _Unknown(NamedTuple):
    """A key that has no meaning at its place."""

    path: Path
    key: str
    hint: str


def _problems(document: _Document) -> list[Problem]:
    value = plain(document.tree)
    if fits(document.kind, document.definition, value):
        return []
    found = [one for error in errors(document.kind, document.definition, value) for one in _meant(error)]
    unknown: list[_Unknown] = []
    brought: dict[Path, set[str]] = {}
    for error in found:
        if error.validator == "additionalProperties":
            path = tuple(error.absolute_path)
            for key in _unknown_keys(error):
                guess = suggestion(document.kind, document.definition, path, key)
                unknown.append(_Unknown(path, key, guess.hint))
                brought.setdefault(path, set()).update(guess.instead)
    problems = [_unknown_key(document.tree, one) for one in unknown]
    for error in found:
        if error.validator != "additionalProperties":
            problems += _told(document, error, brought.get(tuple(error.absolute_path), set()))
    return problems


def _meant(error: Error) -> Iterator[Error]:
    """Yield an error, or those of the branch of an `anyOf` whose type the value has: that is the one that was meant."""
    if error.validator != "anyOf":
        yield error
        return
    branches: dict[Any, list[Error]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    typed = [
        errors for errors in branches.values() if not any(e.validator == "type" and not e.relative_path for e in errors)
    ]
    if len(typed) == 1 and (isinstance(error.instance, Mapping | list) or not error.schema.get("x-words")):
        for inner in typed[0]:
            yield from _meant(inner)
        return
    yield error


def _unknown_keys(error: Error) -> list[str]:
    known = error.schema.get("properties", ())
    patterns = tuple(error.schema.get("patternProperties", ()))
    return [
        key for key in error.instance if key not in known and not any(matches(pattern, key) for pattern in patterns)
    ]


def _unknown_key(tree: Node, unknown: _Unknown) -> Problem:
    origin = _key_origin(tree, unknown.path, unknown.key)
    return Problem(origin=origin, code="SW2001", message=f"{key_shown(unknown.key)} is not a key here.{unknown.hint}")


def _told(document: _Document, error: Error, brought: Iterable[str]) -> Iterator[Problem]:
    """Yield an error of the validator in our own words; nothing when it follows from another one.

    `brought` are keys that what is suggested for an unknown key beside would bring.
    """
    path: Path = tuple(error.absolute_path)
    keyword = str(error.validator)
    origin = origin_of(document.tree, path)
    limit = error.validator_value
    if keyword in LATER and document.layered & set(path):
        return
    if keyword in _ABSENCES:
        if origin.path in document.unsure:
            return
        limit = _still_missing(keyword, limit, set(brought))
        if not limit:
            return
        if keyword in ("required", "x-choose"):
            origin = next(filter(None, (document.removed((*path, key)) for key in limit)), origin)
    if "propertyNames" in error.relative_schema_path:
        key = str(error.instance)
        message = f"{key_shown(key)} is not {error.schema.get('x-words', 'a valid key')}."
        yield Problem(origin=_key_origin(document.tree, path, key), code=FORM, message=message)
        return
    if keyword == "x-excludes":
        yield _excluded(document.tree, error, path)
        return
    node = descend(document.tree, path)
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    told = Told(error.instance, limit, schema, path, node.written if node is not None else None)
    if keyword == "anyOf":
        words = told.words or _only_words(error) or "one of the forms that the reference shows"
        message = f"{told.value} must be {words}."
        yield Problem(origin=origin, code=TYPE, message=message, hint=hint(told))
        return
    code, message, mend = sentence(keyword, told)
    yield Problem(origin=_place(document.tree, error, path, origin), code=code, message=message, hint=mend)


def _place(tree: Node, error: Error, path: Path, origin: Origin) -> Origin:
    """Return where an error stands: at the value, or at the key that another layer brought without what it needs."""
    if error.validator == "dependentRequired":
        keys = [_key_origin(tree, path, key) for key in error.validator_value if key in error.instance]
        return next((key for key in keys if key.layer != origin.layer), origin)
    return origin


def _still_missing(keyword: str, limit: Any, brought: set[str]) -> Any:
    """Return what an absence is about, without what is wrong only in its spelling or level."""
    if keyword == "required":
        return [key for key in limit if key not in brought]
    if keyword == "x-choose":
        return () if brought & set(limit) else limit
    if keyword == "dependentRequired":
        needs = {key: [one for one in need if one not in brought] for key, need in limit.items()}
        return {key: need for key, need in needs.items() if need}
    return limit


def _only_words(error: Error) -> str:
    """Return the words of the branches that say what they want."""
    words = [inner.schema.get("x-words") for inner in error.context or () if isinstance(inner.schema, Mapping)]
    return next((str(one) for one in words if one), "")


def _excluded(tree: Node, error: Error, path: Path) -> Problem:
    """Point at the key that stands later and name the line of the other."""

    def position(key: str) -> tuple[int, int]:
        origin = _key_origin(tree, path, key)
        return origin.line, origin.column

    keys = sorted(error.validator_value, key=position)
    message = f"`{keys[-1]}` and `{keys[0]}` (line {position(keys[0])[0]}) exclude each other."
    return Problem(origin=_key_origin(tree, path, keys[-1]), code="SW2006", message=message, hint="Keep one of them.")


def _key_origin(tree: Node, path: Path, key: str) -> Origin:
    at = descend(tree, (*path, key))
    return at.key if at is not None and at.key is not None else origin_of(tree, path)
