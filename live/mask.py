"""Hiding secret values in text from a cluster: logs and events say whatever a program says."""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote

from lightkube import ApiError, Client
from lightkube.resources.core_v1 import Secret

MASKED = "[secret]"
_SHORTEST = 3
"""Shorter values would hide half of every word, and are no secrets."""


def masker(client: Client, namespace: str, secrets: Iterable[str]) -> Callable[[str], str] | None:
    """Return what hides the values of the named secrets, or nothing when one of them may not be read."""
    values: list[str] = []
    for name in secrets:
        try:
            data = client.get(Secret, name, namespace=namespace).data or {}
        except ApiError as error:
            if error.status.code == 404:
                continue
            return None
        values += [base64.b64decode(value).decode(errors="replace") for value in data.values()]
    return lambda text: masked(text, values)


def masked(text: str, values: Iterable[str]) -> str:
    """Return the text without the values, in whichever form they stand there: plain, base64, quoted or escaped."""
    forms = {form for value in values for form in _forms(value) if len(form) >= _SHORTEST}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASKED)
    return text


def _forms(value: str) -> Iterable[str]:
    for part in {value, value.strip(), *value.splitlines()}:
        if len(part) < _SHORTEST:
            continue
        yield part
        yield json.dumps(part)[1:-1]
        yield json.dumps(part, ensure_ascii=False)[1:-1]
        yield quote(part)
        yield quote(part, safe="")
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(part.encode()).decode().rstrip("=")
            yield from _within(part.encode(), encode)


def _within(part: bytes, encode: Callable[[bytes], bytes]) -> Iterator[str]:
    """Yield what stands for a value in the base64 of a longer text, such as `user:password`, wherever it begins.

    Three bytes become four characters, so there are three ways; a character that a neighbour has a share in is not
    among them.
    """
    for shift, first in ((0, 0), (1, 2), (2, 3)):
        whole = (shift + len(part)) * 8 // 6
        yield encode(bytes(shift) + part).decode()[first:whole]
