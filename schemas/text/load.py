"""Reading files of YAML 1.2, and so of JSON, into trees with positions."""

import json
import re
from functools import lru_cache
from pathlib import Path as FilePath
from typing import NamedTuple

from schemas.problems import Origin, Problem, SpecError
from schemas.text.disk import NotAFileError, contents, leads_out
from schemas.text.document import Node
from schemas.text.reader import INVISIBLE, Reader, Reading
from schemas.text.scalars import UNSEEN

MAX_BYTES = 1 << 20
"""A spec is written by people; a megabyte of it is a mistake."""

_OTHER_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}
"""Byte order marks of what some editors save instead of UTF-8."""


def load(file: FilePath, layer: str, name: str | None = None) -> Node:
    """Read one file.

    `layer` names what the file is to the merge; `name` is how messages call the file, its path without one.

    Raises:
        SpecError: with everything that `read` finds.

    """
    return _whole(read(file, layer, name))


def parse(text: str, file: str, layer: str) -> Node:
    """Read one document from text; see `load`."""
    return _whole(read_text(text, file, layer))


def _whole(reading: Reading) -> Node:
    if reading.problems or reading.root is None:
        raise SpecError(reading.problems)
    return reading.root


def read(file: FilePath, layer: str, name: str | None = None) -> Reading:
    """Read one file as far as it can be read.

    Problems are a file that is missing, no regular file, too large, linked from outside, not UTF-8 or not YAML, and
    what YAML 1.1 and 1.2 read differently.
    """
    place = _File(name or str(file), layer)
    try:
        if leads_out(file.parent, file.name):
            return place.refused("SW1020", "this symbolic link leads out of the project.", "Put a copy here.")
        data = contents(file, MAX_BYTES + 1)
    except OSError as error:
        return place.refused("SW1001", _os_sentence(error))
    if len(data) > MAX_BYTES:
        return place.refused("SW1002", "the file is larger than 1 MiB.", at=_position(data, MAX_BYTES))
    if encoding := _OTHER_ENCODINGS.get(data[:2]) or _OTHER_ENCODINGS.get(data[:4]):
        message = f"the file is {encoding}, and must be UTF-8."
        return place.refused("SW1003", message, "Save it as UTF-8.", at=(1, 1))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return place.refused("SW1003", "the file is not UTF-8 text.", at=_position(data, error.start))
    return read_text(text, place.name, layer)


@lru_cache(maxsize=2)
def read_text(text: str, file: str, layer: str) -> Reading:
    """Read one document from text as far as it can be read; text of a file that ends in `.json` must be JSON.

    The last two texts are remembered, so that many applications read their one platform once.
    """
    text = text.removeprefix("\ufeff")
    place = _File(file, layer)
    if found := INVISIBLE.search(text):
        message = f"the character U+{ord(found[0]):04X}, which cannot be seen, is not allowed."
        return place.refused(
            UNSEEN, message, "Remove it; in double quotes, YAML has escapes.", at=_at(text, found.start())
        )
    return _read_json(text, place) if file.endswith(".json") else Reader(text, file, layer).read()


def _read_json(text: str, place: "_File") -> Reading:
    reading = Reader(_as_yaml(text), place.name, place.layer).read()
    if not text.strip():
        return reading
    try:
        json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        return place.refused(
            "SW1021", f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}.", at=(error.lineno, error.colno)
        )
    except RecursionError:
        # The reader's own limit is far below, and has been told.
        return reading
    except _NotJsonError as error:
        start = re.search(rf"(?<![\w\"]){error}", text)
        message = f"`{error}` is no value of JSON."
        return place.refused("SW1021", message, at=_at(text, start.start() if start else 0))
    return reading


class _File(NamedTuple):
    """How messages call a file, and its layer."""

    name: str
    layer: str

    def refused(self, code: str, message: str, hint: str = "", *, at: tuple[int, int] = (0, 0)) -> Reading:
        """Return that nothing of the file can be read, and why."""
        origin = Origin(file=self.name, line=at[0], column=at[1], path=(), layer=self.layer)
        return Reading(None, (Problem(origin=origin, code=code, message=message, hint=hint),), frozenset())


class _NotJsonError(ValueError):
    """Raised at a word that Python's reader takes for a number, and JSON does not have."""


def _no_constant(word: str) -> None:
    raise _NotJsonError(word.lstrip("-"))


def _as_yaml(text: str) -> str:
    """Return JSON with what YAML's parser lacks written otherwise, every value in its place.

    A tab between values becomes a blank. Two escapes for one character become one, and the text is filled up behind
    its closing quote.
    """

    def rewritten(match: re.Match[str]) -> str:
        if match[0] == "\t":
            return " "
        return _PAIR.sub(_character, match[0]).ljust(len(match[0]))

    return re.sub(r'"(?:[^"\\\n]++|\\.)*+"|\t', rewritten, text)


_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def _character(match: re.Match[str]) -> str:
    high, low = int(match[2], 16), int(match[3], 16)
    return f"{match[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"


def _position(data: bytes, offset: int) -> tuple[int, int]:
    """Return line and column of a byte; the column counts bytes."""
    return data.count(b"\n", 0, offset) + 1, offset - (data.rfind(b"\n", 0, offset) + 1) + 1


def _at(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def _os_sentence(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "the file does not exist."
    if isinstance(error, IsADirectoryError):
        return "this is a folder, not a file."
    if isinstance(error, NotAFileError):
        return "this is a pipe, a device or a socket, not a file."
    return f"the file cannot be read: {error.strerror or error}."
