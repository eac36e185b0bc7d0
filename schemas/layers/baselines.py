"""Baselines: a platform's versioned defaults, each of which may extend another."""

from collections.abc import Iterator

from schemas.problems import Problem, listed, nearest_or_all
from schemas.text.document import Node, descend


def baselines_of(platform: Node) -> dict[str, Node]:
    """Return the platform's baselines by name, in its order."""
    found = descend(platform, ("spec", "baselines"))
    return dict(found.entries) if found is not None else {}


def lineage(platform: Node, name: str | None) -> list[tuple[str, Node]]:
    """Return a baseline and those it extends by name, the furthest first; nothing without a name.

    A chain that ends nowhere or in a circle ends where it first would: `problems` has told of it.
    """
    known = baselines_of(platform)
    found: dict[str, Node] = {}
    while name in known and name not in found:
        found[name] = known[name]
        parent = known[name].entries.get("extends")
        name = str(parent.value) if parent is not None else None
    return list(reversed(found.items()))


def newer(platform: Node, chosen: str) -> str | None:
    """Return the newest baseline that extends a chosen one, directly or not; else the last that stands after it."""
    known = baselines_of(platform)
    if chosen not in known:
        return None
    names = list(known)
    extending = [name for name in names if name != chosen and chosen in _ancestors(known, name)]
    if extending:
        return max(extending, key=lambda name: (len(_ancestors(known, name)), names.index(name)))
    older = _ancestors(known, chosen)
    return next((name for name in reversed(names[names.index(chosen) + 1 :]) if name not in older), None)


def problems(platform: Node) -> Iterator[Problem]:
    """Yield baselines that extend one that is not there, or themselves in the end."""
    known = baselines_of(platform)
    for name, baseline in known.items():
        parent = baseline.entries.get("extends")
        if parent is None or parent.value is None:
            continue
        if parent.value not in known:
            near = nearest_or_all(str(parent.value), known, "There is")
            message = f"there is no baseline `{parent.value}` to extend.{near}"
            yield Problem(origin=parent.origin, code="SW3011", message=message)
        elif name in (circle := _ancestors(known, name)):
            way = listed([name, *circle], "and then")
            message = f"the baseline extends itself: {way}." if len(circle) > 1 else "the baseline extends itself."
            hint = "Let the oldest of them extend nothing."
            yield Problem(origin=parent.origin, code="SW3012", message=message, hint=hint)


def _ancestors(known: dict[str, Node], name: str) -> list[str]:
    """Return the names that a baseline extends, the nearest first, until one repeats."""
    found: list[str] = []
    at: str | None = name
    while at in known:
        parent = known[at].entries.get("extends")
        at = str(parent.value) if parent is not None and parent.value is not None else None
        if at is None or at in found:
            break
        found.append(at)
    return found
