"""Finding a secret in whatever was written, in any form."""

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote


def texts_in(folder: Path) -> dict[str, bytes]:
    """Return what stands in the files of a project, by their names."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and ".venv" not in file.parts
    }


def leaks(values: Iterable[str], texts: Mapping[str, bytes]) -> list[str]:
    """Return where a value stands, plain, escaped for JSON or a URL, or in base64, also within a longer text's."""
    wanted = {form for value in values for form in forms(value)}
    return [
        f"{place}: …{text[max(0, text.index(form) - 60) : text.index(form)].decode(errors='replace')}▮"
        for place, text in texts.items()
        for form in sorted(wanted)
        if form in text
    ]


def forms(value: str) -> set[bytes]:
    """Return the ways in which a value can be written."""
    found = set()
    for part in {value, *value.splitlines()}:
        plain = {
            part,
            json.dumps(part)[1:-1],
            json.dumps(json.dumps(part))[3:-3],
            json.dumps(part, ensure_ascii=False)[1:-1],
            quote(part),
            quote(part, safe=""),
        }
        found |= {one.encode() for one in plain}
        found |= {encoded for one in plain for shift in range(3) for encoded in _encoded(one.encode(), shift)}
    return found


def _encoded(value: bytes, shift: int) -> tuple[bytes, bytes]:
    """Return the characters of a base64 text that stand for a value alone which begins so many bytes into it."""
    first, end = -(-shift * 8 // 6), (shift + len(value)) * 8 // 6
    text = bytes(shift) + value
    return base64.b64encode(text)[first:end], base64.urlsafe_b64encode(text)[first:end]
