"""Reading YAML 1.2 (and so JSON) into trees with positions, and refusing what would surprise."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from schemas.document import Node, Scalar
from schemas.problems import Origin, Path, Problem, SpecError, nearest

MAX_BYTES = 1 << 20
"""A spec is written by people; a megabyte of it is a mistake."""
MAX_DEPTH = 48
MAX_VALUES = 50_000
"""Values after aliases are followed, so that a few lines cannot become millions."""

_INT = re.compile(r"^[-+]?(0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")


def load(file: FilePath, layer: str, name: str | None = None) -> Node:
    """Read one file.

    `layer` names what the file is to the merge; `name` is how messages call the file, its path without one.

    Raises:
        SpecError: the file is missing or not a file, too large, not UTF-8, not YAML, or holds what YAML 1.1 and 1.2
            read differently.

    """
    shown = name or str(file)
    here = Origin(file=shown, line=0, column=0, path=(), layer=layer)
    try:
        data = _bytes_of(file)
    except OSError as error:
        raise SpecError([Problem(origin=here, code="SW1001", message=_os_sentence(error))]) from None
    if len(data) > MAX_BYTES:
        raise SpecError([Problem(origin=here, code="SW1002", message="the file is larger than 1 MiB.")])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        at = Origin(file=shown, line=line, column=column, path=(), layer=layer)
        raise SpecError([Problem(origin=at, code="SW1003", message="the file is not UTF-8 text.")]) from None
    return parse(text, shown, layer)


def _bytes_of(file: FilePath) -> bytes:
    with file.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _os_sentence(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "the file does not exist."
    if isinstance(error, IsADirectoryError):
        return "this is a folder, not a file."
    return f"the file cannot be read: {error.strerror or error}."


def parse(text: str, file: str, layer: str) -> Node:
    """Read one document from text; see `load`."""
    reader = _Reader(file, layer)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            reader.take(event)
            if reader.full:
                break
    except yaml.MarkedYAMLError as error:
        reader.add(error.problem_mark, "SW1004", f"this is not YAML: {error.problem or error.context}.")
    except yaml.YAMLError as error:
        reader.add(None, "SW1004", f"this is not YAML: {str(error).splitlines()[0]}.")
    if reader.root is None and not reader.problems:
        reader.add(None, "SW1005", "the file is empty.")
    if reader.problems:
        raise SpecError(reader.problems)
    assert reader.root is not None  # noqa: S101 - no problem means that a document was read.
    return reader.root


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been read."""

    origin: Origin
    key_origin: Origin | None
    anchor: str | None
    mapping: bool
    entries: dict[str, Node] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    key: str | None = None
    key_at: Origin | None = None
    size: int = 1


class _Reader:
    """Builds the tree from parser events, without recursion, so that depth and size are ours to bound."""

    def __init__(self, file: str, layer: str) -> None:
        self.file = file
        self.layer = layer
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.full = False
        """Whether reading further would only cost time."""
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._documents = 0

    def add(self, mark: Any, code: str, message: str, path: Path | None = None, hint: str = "") -> None:
        """Note a problem at a parser's mark."""
        self.problems.append(
            Problem(origin=self._origin(mark, path or self._path()), code=code, message=message, hint=hint)
        )

    def take(self, event: yaml.Event) -> None:
        """Read one parser event."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents == 2:
                self.add(event.start_mark, "SW1006", "the file holds a second document; one file is one document.", ())
                self.full = True
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._start(event, mapping=isinstance(event, yaml.MappingStartEvent))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)

    def _path(self) -> Path:
        parts: list[str | int] = []
        for collection in self._open:
            if not collection.mapping:
                parts.append(len(collection.items))
            elif collection.key is not None:
                parts.append(collection.key)
        return tuple(parts)

    def _origin(self, mark: Any, path: Path) -> Origin:
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
        return Origin(file=self.file, line=line, column=column, path=path, layer=self.layer)

    def _awaits_key(self) -> bool:
        return bool(self._open) and self._open[-1].mapping and self._open[-1].key is None

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if event.tag is not None and event.tag != "!":
            self.add(event.start_mark, "SW1007", f"the tag `{event.tag}` is not allowed.", hint="Leave it out.")
        if self._awaits_key():
            self._take_key(event)
            return
        path = self._path()
        value: Scalar = event.value
        if not event.style:
            value = self._resolve(event, path)
        node = Node(value, self._origin(event.start_mark, path), self._open[-1].key_at if self._open else None)
        self._place(node, event.anchor, 1)

    def _take_key(self, event: yaml.ScalarEvent) -> None:
        collection = self._open[-1]
        path = (*self._path(), event.value)
        collection.key_at = self._origin(event.start_mark, path)
        collection.key = event.value
        if event.value == "<<" and not event.style:
            self.add(event.start_mark, "SW1008", "merge keys are not part of YAML 1.2.", path, "Write the values out.")
        if event.value in collection.entries:
            first = collection.entries[event.value].key or collection.entries[event.value].origin
            message = f"the key `{event.value}` stands here a second time; the first is on line {first.line}."
            self.add(event.start_mark, "SW1009", message, path, "Keep one of them.")

    def _resolve(self, event: yaml.ScalarEvent, path: Path) -> Scalar:
        """Return a plain scalar's value by YAML 1.2's core schema, and refuse what YAML 1.1 reads otherwise."""
        text = event.value
        if text in ("", "~", "null"):
            return None
        if text in ("true", "false"):
            return text == "true"
        if _INT.match(text):
            return int(text)
        if problem := _surprise(text):
            self.add(event.start_mark, "SW1010", problem[0], path, problem[1])
            return str(text)
        return float(text) if _FLOAT.match(text) else str(text)

    def _start(self, event: Any, *, mapping: bool) -> None:
        if event.tag is not None:
            self.add(event.start_mark, "SW1007", f"the tag `{event.tag}` is not allowed.", hint="Leave it out.")
        if self._awaits_key():
            self.add(event.start_mark, "SW1011", "a key must be text, not a mapping or a list.")
            self.full = True
            return
        if len(self._open) >= MAX_DEPTH:
            self.add(event.start_mark, "SW1012", f"values are nested deeper than {MAX_DEPTH} levels.")
            self.full = True
            return
        key_at = self._open[-1].key_at if self._open else None
        self._open.append(_Open(self._origin(event.start_mark, self._path()), key_at, event.anchor, mapping))

    def _end(self) -> None:
        collection = self._open.pop()
        value = collection.entries if collection.mapping else tuple(collection.items)
        self._place(Node(value, collection.origin, collection.key_origin), collection.anchor, collection.size)

    def _alias(self, event: yaml.AliasEvent) -> None:
        if self._awaits_key():
            self.add(event.start_mark, "SW1011", "a key must be text, not an alias.")
            self.full = True
            return
        anchor = str(event.anchor)
        known = self._anchors.get(anchor)
        if known is None:
            message = f"the alias `*{anchor}` has no anchor before it.{nearest(anchor, self._anchors)}"
            self.add(event.start_mark, "SW1013", message)
            known = (Node(None, self._origin(event.start_mark, self._path())), 1)
        node, size = known
        self._place(node.under(self._open[-1].key_at if self._open else None), None, size)

    def _place(self, node: Node, anchor: str | None, size: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, size)
        if not self._open:
            self.root = self.root or node
            return
        parent = self._open[-1]
        parent.size += size
        if parent.size > MAX_VALUES:
            message = f"the file holds more than {MAX_VALUES} values, aliases followed."
            self.problems.append(Problem(origin=node.origin, code="SW1014", message=message))
            self.full = True
        if parent.mapping:
            if parent.key is not None:
                parent.entries.setdefault(parent.key, node)
            parent.key = parent.key_at = None
        else:
            parent.items.append(node)


def _surprise(text: str) -> tuple[str, str] | None:
    """Return why a plain scalar is refused and how to write it, or nothing."""
    for pattern, why, instead in _SURPRISES:
        if pattern.match(text):
            other = instead(text)
            return f"`{text}` is {why}.", f'Write "{text}" for the text' + (f", or {other}." if other else ".")
    return None


_SURPRISES: tuple[tuple[re.Pattern[str], str, Callable[[str], str]], ...] = (
    (
        re.compile(r"^(yes|no|on|off|y|n)$", re.IGNORECASE),
        "a boolean to YAML 1.1 and text to YAML 1.2",
        lambda text: "true" if text.lower() in ("yes", "on", "y") else "false",
    ),
    (re.compile(r"^(True|TRUE|False|FALSE|Null|NULL)$"), "read differently by different readers", str.lower),
    (
        re.compile(r"^[-+]?0[0-9]+$"),
        "octal to YAML 1.1 and decimal to YAML 1.2",
        lambda text: f"{int(text)} for the number",
    ),
    (
        re.compile(r"^[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?$"),
        "a number to base 60 to YAML 1.1 and text to YAML 1.2",
        lambda _: "",
    ),
    (
        re.compile(r"^[-+]?[0-9][0-9_]*_[0-9_]*$"),
        "a number to YAML 1.1 and text to YAML 1.2",
        lambda text: f"{text.replace('_', '')} for the number",
    ),
    (re.compile(r"^0[xob][0-9a-fA-F_]+$"), "read differently by different readers", lambda _: "a decimal number"),
    (re.compile(r"^([-+]?\.inf|\.nan)$", re.IGNORECASE), "no number that a spec can use", lambda _: ""),
)
"""What YAML 1.1 and 1.2 read differently: its form, why it is refused, and what else may be meant."""
