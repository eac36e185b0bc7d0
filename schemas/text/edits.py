"""Edits of a YAML text at the places of its values, which leave comments and layout as they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

Keys = tuple[str, ...]
"""The way to a value through mappings."""

_BLANK = " \t\n"


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """A part of a text to replace, counted in characters from the text's start."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits, of which no two overlap."""
    for edit in sorted(set(edits), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


class Written:
    """A YAML text that has been read without problems, as the places of its keys and values."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._root: Any = yaml.compose(text, Loader=yaml.SafeLoader)

    def entries(self, path: Keys) -> list[str]:
        """Return the keys of the mapping at a path, or none when there is no mapping."""
        node = self._value(path)
        return [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []

    def scalar(self, path: Keys) -> str | None:
        """Return the text of the scalar at a path, or nothing when there is none or it is `null`."""
        node = self._value(path)
        return node.value if isinstance(node, yaml.ScalarNode) and not node.tag.endswith(":null") else None

    def items(self, path: Keys) -> list[str] | None:
        """Return the scalars of the list at a path, or nothing when there is no list of scalars."""
        node = self._value(path)
        if not isinstance(node, yaml.SequenceNode) or not all(isinstance(n, yaml.ScalarNode) for n in node.value):
            return None
        return [item.value for item in node.value]

    def line(self, path: Keys) -> int:
        """Return the line of the key at a path, counted from 1."""
        return int(self._entry(path)[0].start_mark.line) + 1

    def column(self, path: Keys) -> int:
        """Return the column of the key at a path, counted from 0."""
        return int(self._entry(path)[0].start_mark.column)

    def in_one_place(self, path: Keys) -> bool:
        """Return whether the value at a path is a scalar or a collection in brackets, and no block of lines."""
        _, value = self._entry(path)
        return isinstance(value, yaml.ScalarNode) or bool(value.flow_style)

    def source(self, path: Keys) -> str:
        """Return the value at a path as it is written; a block with the line break before it."""
        start = self._start(path)
        end = self._end(self._entry(path)[1])
        return self.text[start:end] if self.in_one_place(path) else self.text[start : self._line_end(end)]

    def replaced(self, path: Keys, text: str) -> Edit:
        """Return the edit that writes another value at a path."""
        end = self._end(self._entry(path)[1])
        return Edit(self._start(path), end, text if self.in_one_place(path) else f" {text}")

    def renamed(self, path: Keys, key: str) -> Edit:
        """Return the edit that gives a key another name."""
        old = self._entry(path)[0]
        return Edit(old.start_mark.index, old.end_mark.index, key)

    def removed(self, path: Keys) -> Edit:
        """Return the edit that takes an entry away: its lines, or its part of a mapping in braces."""
        key, value = self._entry(path)
        start, end = key.start_mark.index, self._end(value)
        if not self._value(path[:-1]).flow_style:
            return Edit(self.text.rfind("\n", 0, start) + 1, min(self._line_end(end) + 1, len(self.text)), "")
        rest = self.text[end:].lstrip(_BLANK)
        if rest.startswith(","):
            return Edit(start, len(self.text) - len(rest[1:].lstrip(_BLANK)), "")
        before = self.text[:start].rstrip(_BLANK)
        return Edit(len(before) - 1 if before.endswith(",") else start, end, "")

    def added_first(self, path: Keys, key: str, text: str) -> Edit:
        """Return the edit that adds an entry at the beginning of the mapping at a path."""
        mapping = self._value(path)
        if mapping.flow_style:
            at = self.text.index("{", mapping.start_mark.index) + 1
            return Edit(at, at, f"{key}: {text}{', ' if mapping.value else ''}")
        first = mapping.value[0][0].start_mark
        return Edit(first.index, first.index, f"{_entry_text(key, text)}\n{' ' * first.column}")

    def added_last(self, path: Keys, key: str, text: str) -> Edit:
        """Return the edit that adds an entry at the end of the mapping at a path."""
        mapping = self._value(path)
        if mapping.flow_style:
            closing = mapping.end_mark.index - 1
            before = self.text[:closing].rstrip(_BLANK)
            return Edit(len(before), closing, f"{', ' if mapping.value else ''}{key}: {text}")
        at = self._line_end(self._end(mapping))
        return Edit(at, at, f"\n{' ' * mapping.value[0][0].start_mark.column}{_entry_text(key, text)}")

    def _entry(self, path: Keys) -> tuple[Any, Any]:
        """Return the nodes of the key and value at a path.

        Raises:
            KeyError: there is none.

        """
        value = self._value(path[:-1])
        pairs = value.value if isinstance(value, yaml.MappingNode) else ()
        for key, child in pairs:
            if key.value == path[-1]:
                return key, child
        raise KeyError(path)

    def _value(self, path: Keys) -> Any:
        """Return the node at a path, or nothing when there is none."""
        node = self._root
        for part in path:
            pairs = node.value if isinstance(node, yaml.MappingNode) else ()
            node = next((value for key, value in pairs if key.value == part), None)
        return node

    def _start(self, path: Keys) -> int:
        """Return where a value starts: a block starts behind the colon."""
        key, value = self._entry(path)
        if self.in_one_place(path):
            return int(value.start_mark.index)
        return self.text.index(":", key.end_mark.index) + 1

    def _end(self, node: Any) -> int:
        """Return where a value ends: a block ends with its last value, not with the comments behind it."""
        if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
            end = int(node.end_mark.index)
            return len(self.text[:end].rstrip("\n")) if self.text[end - 1 : end] == "\n" else end
        last = node.value[-1]
        return self._end(last[1] if isinstance(node, yaml.MappingNode) else last)

    def _line_end(self, index: int) -> int:
        end = self.text.find("\n", index)
        return len(self.text) if end < 0 else end


def _entry_text(key: str, text: str) -> str:
    return f"{key}:{text}" if text.startswith("\n") else f"{key}: {text}"
