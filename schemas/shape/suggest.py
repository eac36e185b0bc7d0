"""What an unknown key was meant to be: another word, another level, or a near spelling."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from schemas.problems import Path, listed, nearest
from schemas.shape.grammar import Grammar, Kind, grammar

_DEPTH = 2
"""How many levels down a key is looked for."""
_MOST_NAMED = 16
"""Of more keys than these the list helps nobody."""


class Suggestion(NamedTuple):
    """What to write instead of an unknown key."""

    hint: str
    """Words to end a message with, with a space before them; or nothing."""
    instead: frozenset[str] = frozenset()
    """Keys of the same mapping that the suggestion brings, and whose absence is so the same mistake."""


def suggestion(kind: Kind, definition: str | None, path: Path, key: str) -> Suggestion:
    """Return what to write instead of a key that the mapping at a path does not know."""
    ways = [way for way in _ways(kind, definition, path) if way is not None]
    if len(ways) <= len(path):
        return Suggestion("")
    at = _Place(ways, path, key)
    return next(found for attempt in _ATTEMPTS if (found := attempt(at)) is not None)


class _Place(NamedTuple):
    """An unknown key, and what stands on the way to it."""

    ways: list[Grammar]
    path: Path
    key: str

    @property
    def known(self) -> tuple[str, ...]:
        """The keys that have a meaning here."""
        return tuple(self.ways[-1].properties)


def _ways(kind: Kind, definition: str | None, path: Path) -> Iterator[Grammar | None]:
    """Yield what the document and each value on the way to a path mean."""
    place: Grammar | None = grammar(kind, definition)
    yield place
    for part in path:
        place = place and (place.child(part) if isinstance(part, str) else place.item())
        yield place


def _by_table(at: _Place) -> Suggestion | None:
    """Return what the schema itself says to a word of another tool: a path from here, or a sentence."""
    said_to: dict[str, str] = at.ways[-1].table("x-suggest")
    said = next((said for word, said in said_to.items() if _bare(word) == _bare(at.key)), None)
    if said is None:
        return None
    if " " in said:
        return Suggestion(f" {said}", frozenset(at.known) & frozenset(said.split("`")))
    return Suggestion(f" Write `{said}`.", frozenset({said.partition(".")[0]}))


def _by_spelling(at: _Place) -> Suggestion | None:
    """Return the key that differs only in case, in dashes, or in being one or many."""
    same = [one for one in at.known if _bare(one) == _bare(at.key)]
    numbered = [one for one in at.known if _bare(one).removesuffix("s") == _bare(at.key).removesuffix("s")]
    spelled = next(iter([*same, *numbered]), None)
    return Suggestion(f" Did you mean `{spelled}`?", frozenset({spelled})) if spelled else None


def _by_level(at: _Place) -> Suggestion | None:
    if below := _below(at.ways[-1], at.key):
        return Suggestion(f" It belongs under {listed(below)}.", frozenset(name.partition(".")[0] for name in below))
    if (above := _above(at.ways, at.path, at.key)) is not None:
        return Suggestion(f" It belongs beside `{above}`.")
    return None


def _by_likeness(at: _Place) -> Suggestion | None:
    near = nearest(at.key, at.known)
    return Suggestion(near, frozenset({near.split("`")[1]})) if near else None


def _by_list(at: _Place) -> Suggestion:
    few = 0 < len(at.known) <= _MOST_NAMED
    return Suggestion(f" Known here: {listed(at.known, 'and')}." if few else "")


_ATTEMPTS: tuple[Callable[[_Place], Suggestion | None], ...] = (
    _by_table,
    _by_spelling,
    _by_level,
    _by_likeness,
    _by_list,
)
"""From the surest to the vaguest."""


def _bare(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "")


def _below(place: Grammar, key: str) -> list[str]:
    """Return the nearest places below that know a key, at most three."""
    level = [("", place)]
    for _ in range(_DEPTH):
        level = [(f"{way}{name}", child) for way, one in level for name, child in _children(one)]
        if found := [way for way, one in level if key in one.properties]:
            return found[:3]
        level = [(f"{way}.", one) for way, one in level]
    return []


def _children(place: Grammar) -> Iterator[tuple[str, Grammar]]:
    yield from place.properties.items()
    if (extra := place.any_child) is not None:
        yield "<name>", extra


def _above(ways: list[Grammar], path: Path, key: str) -> str | None:
    """Return the key on the way to a path beside which a key would be known."""
    for depth in range(len(path) - 1, -1, -1):
        if key in ways[depth].properties and path[depth] != key:
            return str(path[depth])
    return None
