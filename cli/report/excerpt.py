"""The lines of a file that a problem is about: cut to the width, without secrets, the key or value underlined."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from schemas.problems import NAMES

VEIL = "…"
"""Stands for what may be a secret, and for what a narrow terminal has no room for."""

_VEILED = r"env|content|data|stringData|args|command|value|patches|extraObjects"
_SENSITIVE = r"[\w.-]*(?:password|passwd|passphrase|token|credential|private|api[-_]?key)[\w.-]*"
_VEILED_KEY = re.compile(
    rf"""(?:^|[\s{{,\[?-])["']?(?:{_VEILED}|{_SENSITIVE})["']?\s*:(?=\s|$|["'{{\[])""", re.IGNORECASE
)
_KEY_BEFORE = re.compile(r"""(?:^|[\s{,])["']?([\w.-]+)["']?\s*:\s*\{?\s*(?:#.*)?$""")
"""The last key of a line that opens a mapping and says no more."""
_KEY = re.compile(r"""^\s*(?:- +)*(?:"[^"]*"|'[^']*'|[^\s:"'{\[][^:]*):(?=\s|$)""")

_DEEPEST = 20
"""How far names are followed upwards, and how many are looked at: more than any file nests them, and little for one
that means harm. Whoever has more is veiled.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is shown."""

    number: int
    """Counted from 1."""
    text: str
    start: int = 0
    """Where the underline begins, in cells of the terminal."""
    length: int = 0
    """How many cells are underlined; 0 for a line that is only shown."""


def excerpt(lines: Sequence[str], line: int, column: int, others: Sequence[int], width: int) -> list[Line]:
    """Return the line of a problem with the one before it, and the lines of `others`, in their order.

    `line` and `column` count from 1; `width` is what a line may take, in cells.
    """
    before = {line - 1} if line > 1 and lines[line - 2].strip() else set()
    shown = sorted(number for number in {line, *before, *others} if 1 <= number <= len(lines))
    return [_line(lines, number, column if number == line else 0, width) for number in shown]


def _line(lines: Sequence[str], number: int, column: int, width: int) -> Line:
    text = lines[number - 1].rstrip()
    first, length = max(column - 1, 0), span(text, column) if column else 0
    cut = veiled_from(lines, number)
    if cut is not None and cut < len(text):
        text = text[:cut] + VEIL
        first, length = min(first, cut), min(length, max(1, len(text) - min(first, cut)))
    start, end = cell_len(plain(text[:first])), cell_len(plain(text[: first + length]))
    text, shown = _cropped(plain(text), start, end, width)
    return Line(number, text, shown, max(1, min(end - start, cell_len(text) - shown)) if column else 0)


def _cropped(text: str, start: int, end: int, width: int) -> tuple[str, int]:
    """Return the part of a line around its underline that fits, and where the underline begins in it."""
    if cell_len(text) <= width:
        return text, start
    if end > width - 1:
        dropped = max(0, start - width // 3)
        kept = _without_cells(text, dropped + 1)
        text, start = VEIL + kept, start - dropped
    return (set_cell_size(text, width - 1).rstrip() + VEIL if cell_len(text) > width else text), start


def _without_cells(text: str, cells: int) -> str:
    gone = 0
    for index, letter in enumerate(text):
        if gone >= cells:
            return text[index:]
        gone += cell_len(letter)
    return ""


def span(text: str, column: int) -> int:
    """Return how many characters the key, value, or bracketed part has that begins at a column of a line."""
    rest = text[column - 1 :]
    if not rest:
        return 1
    if rest[0] in "\"'":
        closed = rest.find(rest[0], 1)
        return closed + 1 if closed > 0 else len(rest)
    if rest[0] in "{[":
        return _bracketed(rest)
    found = re.match(r"[^\s,}\]#:]+(?:[ :](?![\s#])[^\s,}\]#:]+)*", rest)
    return len(found[0]) if found else 1


def _bracketed(text: str) -> int:
    depth = 0
    for index, letter in enumerate(text):
        depth += (letter in "{[") - (letter in "}]")
        if depth == 0:
            return index + 1
    return len(text.split(" #", maxsplit=1)[0].rstrip())


def veiled_from(lines: Sequence[str], number: int) -> int | None:
    """Return from which character of a line on a secret may stand, or nothing.

    It works on the text, because a file that cannot be read has an excerpt too; in doubt it veils.
    """
    text = lines[number - 1]
    if found := _veiled_key(lines, number - 1):
        return found.end() + 1
    indent = _indent(text)
    depth = looked = 0
    for index in range(number - 2, -1, -1):
        line = lines[index]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        depth += _closed(line)
        if (_indent(line) < indent or depth < 0) and _VEILED_KEY.search(line):
            looked += 1
            if looked > _DEEPEST or _veiled_key(lines, index):
                key = _KEY.match(text)
                return key.end() + 1 if key else indent
        indent = min(indent, _indent(line))
    return None


def _veiled_key(lines: Sequence[str], index: int) -> re.Match[str] | None:
    """Return the first key of a line that veils what follows; a volume that is called `data` does not."""
    for looked, one in enumerate(_VEILED_KEY.finditer(lines[index])):
        if looked == _DEEPEST or not _is_chosen(lines, index, one):
            return one
    return None


def _is_chosen(lines: Sequence[str], index: int, key: re.Match[str]) -> bool:
    """Return whether a key is a name that a person chose, with fields of its own.

    It is the rule of `schemas.problems.may_be_secret`, held against text.
    """
    after = lines[index][key.end() :].strip()
    if not after.startswith("{"):
        following = next((line for line in lines[index + 1 :] if line.strip()), "")
        deeper = _indent(following) > _indent(lines[index]) and not following.lstrip().startswith("- ")
        if (after and not after.startswith("#")) or not deeper or not _KEY.match(following):
            return False
    return _is_name(lines, index, key.start() + 1)


def _is_name(lines: Sequence[str], index: int, start: int) -> bool:
    """Return whether the key that begins there stands where names are chosen, and not under such a name itself."""
    names = 0
    while names < _DEEPEST:
        before = lines[index][:start]
        opened = _open_bracket(before)
        if opened >= 0:
            parent = _KEY_BEFORE.search(before[: opened + 1])
        else:
            parent, index = _key_above(lines, index, before)
        if parent is None or parent[1] not in NAMES:
            break
        names, start = names + 1, parent.start(1)
    return names % 2 == 1


def _open_bracket(text: str) -> int:
    """Return where the innermost bracket stands that a text opens and does not close, or -1."""
    depth = 0
    for index in range(len(text) - 1, -1, -1):
        depth += (text[index] in "}]") - (text[index] in "{[")
        if depth < 0:
            return index
    return -1


def _key_above(lines: Sequence[str], index: int, before: str) -> tuple[re.Match[str] | None, int]:
    """Return the key under which a line stands that begins with `before`, and its line; no key when in doubt."""
    if before.strip(" \"'"):
        return None, index
    depth = 0
    for above in range(index - 1, -1, -1):
        line = lines[above]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if _indent(line) < _indent(lines[index]):
            return (_KEY_BEFORE.search(line) if depth == 0 and _KEY.match(line) else None), above
        depth += _closed(line)
    return None, index


def _closed(line: str) -> int:
    """Return how many brackets a line closes more than it opens."""
    return line.count("}") + line.count("]") - line.count("{") - line.count("[")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def plain(text: str) -> str:
    """Return text that a terminal shows as it stands: no tabs, no control or direction characters."""
    return "".join("    " if letter == "\t" else _visible(letter) for letter in text)


def _visible(letter: str) -> str:
    return "�" if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter != "\u200d" else letter
