"""Layers: how one is laid over another, and how defaults come in below them all."""

from functools import cache

from schemas.problems import Origin
from schemas.shape.grammar import Grammar
from schemas.text.document import Node, grafted

BUILT_IN = Origin(file="(built-in default)", line=0, column=0, path=(), layer="built-in default")
"""Where a value stands that no file brought."""


def overlay(lower: Node, upper: Node, grammar: Grammar | None) -> Node:
    """Return `lower` with `upper` laid over it, both in the long form.

    Mappings merge key by key; scalars and lists replace; choosing another branch of a choice drops the branch below;
    `null` removes what is below, and what it removed is gone from the result.
    """
    return _laid_over(lower, upper, grammar, keeping=grammar is not None and grammar.inherits)


def inherited(around: Node, own: Node, grammar: Grammar) -> Node:
    """Return what inherits laid over what it inherits from; what `null` in it removes is gone now."""
    return _laid_over(around, own, grammar, keeping=False)


def _laid_over(lower: Node, upper: Node, grammar: Grammar | None, *, keeping: bool) -> Node:
    """Return `upper` over `lower`; what is `keeping` its nulls will be laid over something else yet."""
    if grammar is not None and grammar.opaque:
        return upper
    if not (isinstance(lower.value, dict) and isinstance(upper.value, dict)):
        return upper if keeping else _without_nulls(upper, grammar)
    chosen = {key for key, child in upper.value.items() if child.value is not None}
    below = set(lower.value)
    dropped = {key for choice in (grammar.choices if grammar else ()) for key in choice.dropped_by(chosen, below)}
    merged = {key: child for key, child in lower.value.items() if key not in dropped}
    for key, child in upper.value.items():
        below_it = grammar.child(key) if grammar else None
        keeps = keeping or (below_it is not None and below_it.inherits)
        if child.value is None and not keeping:
            merged.pop(key, None)
        elif key in merged and child.value is not None:
            merged[key] = _laid_over(merged[key], child, below_it, keeping=keeps)
        else:
            merged[key] = child if keeps else _without_nulls(child, below_it)
    return lower.with_entries(merged)


def _without_nulls(node: Node, grammar: Grammar | None) -> Node:
    """Return a tree without its nulls: the very same one when it has none, as nearly all have."""
    if not isinstance(node.value, dict) or (grammar is not None and (grammar.opaque or grammar.inherits)):
        return node
    changed = False
    kept: dict[str, Node] = {}
    for key, child in node.value.items():
        if isinstance(child.value, dict):
            kept[key] = _without_nulls(child, grammar.child(key) if grammar else None)
            changed |= kept[key] is not child
        elif child.value is None:
            changed = True
        else:
            kept[key] = child
    return node.with_entries(kept) if changed else node


def with_defaults(node: Node, grammar: Grammar, when_present: Node | None = None) -> Node:
    """Return a merged mapping with what it lacks: first from `when_present`, a platform's defaults, then built-in ones.

    Defaults come only into mappings that are there. A mapping whose built-in default is empty is always there.
    """
    if not isinstance(node.value, dict) or (when_present is None and not grammar.brings_defaults):
        return node
    platform = when_present.entries if when_present else {}
    entries = dict(node.value)
    whole: set[str] = set()
    excluded = {key for choice in grammar.choices for key in choice.closed_to(set(entries))}
    for key, child in grammar.defaulted.items():
        if key not in entries and key not in excluded:
            if _is_value(platform.get(key)):
                entries[key] = platform[key]
            elif key in platform:
                entries[key] = grafted(child.default, BUILT_IN)
            else:
                entries[key] = _default(child)
                whole.add(key)
    for key, extra in platform.items():
        if key not in entries and key not in excluded and _is_value(extra):
            entries[key] = extra
    for key, child_node in entries.items():
        if key in whole or not isinstance(child_node.value, dict):
            continue
        if (child_grammar := grammar.child(key)) is not None:
            entries[key] = with_defaults(child_node, child_grammar, platform.get(key))
    return node.with_entries(entries)


@cache
def _default(grammar: Grammar) -> Node:
    """Return the built-in default of a place with the defaults inside it: one tree, which all who lack it share."""
    return with_defaults(grafted(grammar.default, BUILT_IN), grammar)


def _is_value(node: Node | None) -> bool:
    """Return whether a node is a leaf, which may come in, and not a mapping, which may not."""
    return node is not None and not isinstance(node.value, dict)
