"""Building a tree with positions from the events of a YAML parser, and refusing what would surprise."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from schemas.problems import Origin, Path, Problem, can_be_key, nearest
from schemas.shape.veil import may_be_shown
from schemas.text import syntax
from schemas.text.document import Node
from schemas.text.scalars import KEY, KEY_WITHOUT_SPACE, LONGEST_KEY, TAG, Refused, refused_key, value_of

SYNTAX, ALIAS = "SW1004", "SW1013"
"""The code of what is not YAML."""

MAX_DEPTH = 48
MAX_VALUES = 20_000
"""Values after aliases are followed, so that a few lines cannot become millions.

An ordinary service has under forty, so one file still holds five hundred of them.
"""
MAX_PROBLEMS = 500
"""Who made more than these mends the first of them first."""

INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\x85\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that YAML does not admit, or that end a line for some readers only."""
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text holds, as far as it could be read."""

    root: Node | None
    problems: tuple[Problem, ...]
    unsure: frozenset[Path]
    """Mappings and lists that lack what could not be read: nothing can be said about what is missing there."""


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been read."""

    origin: Origin
    key_origin: Origin | None
    path: Path
    anchor: str | None
    mapping: bool
    is_key: bool = False
    """Whether it stands where a key must, so that it comes to nothing."""
    tagged: bool = False
    """Whether a tag says that it is something else."""
    keys: dict[str, Origin] = field(default_factory=dict)
    """Every key that was read, also those whose value was refused."""
    entries: dict[str, Node] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    key: str | None = None
    key_at: Origin | None = None
    dropped: bool = False
    """Whether the value of the key that was read last comes to nothing."""
    count: int = 0
    size: int = 1


class Reader:
    """Builds a tree from parser events, without recursion, so that depth and size are ours to bound."""

    def __init__(self, text: str, file: str, layer: str) -> None:
        self._text = text
        self._file = file
        self._layer = layer
        self._problems: list[Problem] = []
        self._root: Node | None = None
        self._full = False
        """Whether reading further would only cost time, and what was read is no whole."""
        self._over = False
        """Whether the document was read to its end, and what follows is another one."""
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node | None, int]] = {}
        """What each anchor names; nothing when that was refused, which has been told."""
        self._unsure: set[Path] = set()
        self._values = 0
        self._documents = 0
        self._take: dict[type, Callable[[Any], None]] = {
            yaml.DocumentStartEvent: self._document,
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
        }

    def read(self) -> Reading:
        """Read the text, up to the first place where it is no YAML."""
        try:
            for event in yaml.parse(self._text, Loader=_PARSER):
                if (take := self._take.get(type(event))) is not None:
                    take(event)
                if self._full or self._over:
                    break
        except yaml.MarkedYAMLError as error:
            mark, message, hint = syntax.told(
                self._text, error.context, error.context_mark, error.problem, error.problem_mark
            )
            self._add(mark, SYNTAX, message, hint=hint)
            self._cut()
        if not self._problems and (self._root is None or self._root.value is None):
            self._add(_START, "SW1005", "the file is empty.", ())
        root = None if self._full else self._root
        return Reading(root, tuple(self._problems), frozenset(self._unsure))

    def _cut(self) -> None:
        """Close what the parser left open; what was read before counts."""
        entries = self._open[-1].entries if self._open else {}
        last = next(reversed(entries), None)
        if last is not None and isinstance(entries[last].value, str):
            # The parser has taken this text for longer than it was meant to be, as when a comma is missing.
            del entries[last]
        while self._open:
            self._unsure.add(self._open[-1].path)
            self._open[-1].key = None
            self._end(None)

    def _add(self, mark: Any, code: str, message: str, path: Path | None = None, hint: str = "") -> None:
        where = self._path() if path is None else path
        self._problems.append(Problem(origin=self._origin(mark, where), code=code, message=message, hint=hint))
        if len(self._problems) == MAX_PROBLEMS:
            message = f"reading stops here, after {MAX_PROBLEMS} problems."
            self._problems.append(Problem(origin=self._origin(mark, ()), code="SW1017", message=message))
            self._full = True

    def _path(self) -> Path:
        """Return the path of the value that is read next."""
        if not self._open:
            return ()
        last = self._open[-1]
        if not last.mapping:
            return (*last.path, last.count)
        return last.path if last.key is None else (*last.path, last.key)

    def _origin(self, mark: Any, path: Path) -> Origin:
        return Origin(file=self._file, line=mark.line + 1, column=mark.column + 1, path=path, layer=self._layer)

    def _awaits_key(self) -> bool:
        return bool(self._open) and self._open[-1].mapping and self._open[-1].key is None

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents == 2:
            self._add(event.start_mark, "SW1006", "the file holds a second document; one file is one document.", ())
            self._over = True
        elif event.version not in (None, (1, 2)) or event.tags:
            message = "a directive (`%`) that changes how the file is read is not allowed."
            self._add(event.start_mark, "SW1019", message, (), "Leave it out: the file is YAML 1.2.")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if self._awaits_key():
            self._take_key(event)
            return
        path = self._path()
        node = None
        if event.tag is not None:
            self._tag(event)
        elif event.style:
            node = self._node(event.value, event, path)
        else:
            value = value_of(event.value)
            if isinstance(value, Refused):
                refused = value if may_be_shown(self._layer, path) else value.veiled()
                self._add(event.start_mark, refused.code, refused.message, path, refused.hint)
            else:
                node = self._node(value, event, path)
        self._place(node, event.anchor, 1)

    def _node(self, value: Any, event: yaml.ScalarEvent, path: Path) -> Node:
        key = self._open[-1].key_at if self._open else None
        written = event.value if type(value) is float else None
        return Node(value, self._origin(event.start_mark, path), key, written)

    def _take_key(self, event: yaml.ScalarEvent) -> None:
        """Read a key. One that is refused is still a key, whose value comes to nothing."""
        collection = self._open[-1]
        unspaced = KEY_WITHOUT_SPACE.match(event.value) if not event.style else None
        collection.key = unspaced[1] if unspaced else event.value[:LONGEST_KEY]
        path = (*collection.path, collection.key)
        collection.key_at = self._origin(event.start_mark, path)
        if problem := refused_key(event):
            self._add(event.start_mark, problem.code, problem.message, path, problem.hint)
            self._unsure.add(collection.path)
            collection.dropped = True
            if event.anchor is not None:
                self._anchors[event.anchor] = (None, 1)
        elif first := collection.keys.get(collection.key):
            shown = f"the key `{event.value}`" if can_be_key(event.value) else "this key"
            message = f"{shown} stands here a second time; the first is on line {first.line}."
            self._add(event.start_mark, "SW1009", message, path, "Keep one of them.")
            collection.dropped = True
        collection.keys.setdefault(collection.key, collection.key_at)

    def _start(self, event: Any) -> None:
        mapping = isinstance(event, yaml.MappingStartEvent)
        path = self._path()
        if event.tag is not None:
            self._tag(event)
        is_key = self._awaits_key()
        if is_key:
            hint = ""
            if self._text[event.start_mark.index - 1 : event.start_mark.index + 1] == "{{":
                hint = "Nothing is templated in a spec; put text in quotes."
            self._add(event.start_mark, KEY, "a key must be text, not a mapping or a list.", hint=hint)
        if len(self._open) >= MAX_DEPTH:
            self._add(event.start_mark, "SW1012", f"values are nested deeper than {MAX_DEPTH} levels.")
            self._full = True
            return
        key_at = self._open[-1].key_at if self._open else None
        origin = self._origin(event.start_mark, path)
        self._open.append(_Open(origin, key_at, path, event.anchor, mapping, is_key, event.tag is not None))

    def _end(self, _: Any) -> None:
        collection = self._open.pop()
        value = collection.entries if collection.mapping else tuple(collection.items)
        if collection.is_key:
            parent = self._open[-1]
            parent.key, parent.key_at, parent.dropped = "", collection.origin, True
            parent.keys[""] = collection.origin
            self._unsure.add(parent.path)
            return
        # What holds nothing but what was refused, `{{x}}` for example, may have been meant for anything.
        spoiled = collection.tagged or (not value and bool(collection.keys or collection.count))
        node = None if spoiled else Node(value, collection.origin, collection.key_origin)
        self._place(node, collection.anchor, collection.size)

    def _alias(self, event: yaml.AliasEvent) -> None:
        anchor = str(event.anchor)
        if self._awaits_key():
            self._add(event.start_mark, KEY, "a key must be text, not an alias.")
            self._open[-1].key, self._open[-1].dropped = "", True
            self._unsure.add(self._open[-1].path)
            return
        node, size = self._anchors.get(anchor, (None, 1))
        if anchor not in self._anchors:
            self._add(event.start_mark, ALIAS, *self._unknown_alias(anchor))
        self._place(node and node.under(self._open[-1].key_at if self._open else None), None, size)

    def _unknown_alias(self, anchor: str) -> tuple[str, None, str]:
        """Return message, path and hint for an alias that names nothing, which may be a secret that starts with `*`."""
        open_here = may_be_shown(self._layer, self._path())
        shown = f"the alias `*{anchor}`" if open_here else "this alias"
        if any(collection.anchor == anchor for collection in self._open):
            return f"{shown} stands inside of what it names.", None, ""
        near = nearest(anchor, list(self._anchors)[-50:]) if open_here else ""
        return (
            f"{shown} has no anchor before it.{near}",
            None,
            "" if near else "Put a text that starts with `*` in quotes.",
        )

    def _tag(self, event: Any) -> None:
        shown = f"the tag `{event.tag}`" if may_be_shown(self._layer, self._path()) else "a tag"
        self._add(event.start_mark, TAG, f"{shown} is not allowed.", hint="Leave it out, or put the text in quotes.")

    def _place(self, node: Node | None, anchor: str | None, size: int) -> None:
        """Put a value in its place; nothing when it was refused."""
        self._values += 1
        if anchor is not None:
            self._anchors[anchor] = (node, size)
        if not self._open:
            self._root = self._root or node
            return
        parent = self._open[-1]
        parent.size += size
        if parent.size > MAX_VALUES or self._values > MAX_VALUES:
            at = node.origin if node is not None else parent.origin
            message = f"the file holds more than {MAX_VALUES} values, aliases followed."
            self._problems.append(Problem(origin=at, code="SW1014", message=message))
            self._full = True
        if node is None and not parent.dropped:
            self._unsure.add(parent.path)
        if not parent.mapping:
            parent.count += 1
            if node is not None:
                parent.items.append(node)
            return
        if node is not None and not parent.dropped and parent.key is not None:
            parent.entries[parent.key] = node
        parent.key, parent.key_at, parent.dropped = None, None, False


class _Start:
    """Where a text begins."""

    line = column = 0


_START = _Start()
