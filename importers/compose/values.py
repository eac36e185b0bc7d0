"""Values of compose files: mappings that may be lists, texts with variables of the shell, and times."""

import re
from collections.abc import Mapping
from typing import Any

from importers.draft import Draft
from schemas.problems import Origin

_VARIABLE = re.compile(r"\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^}]*))?\})")
_TIMES = {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


def mapping(told: Any) -> dict[str, str | None]:
    """Return a mapping that compose also takes as a list of `KEY=VALUE`; a key alone has no value."""
    if isinstance(told, Mapping):
        return {str(key): None if text is None else _text(text) for key, text in told.items()}
    found: dict[str, str | None] = {}
    for one in told or ():
        key, equals, text = str(one).partition("=")
        found[key] = text if equals else None
    return found


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def value(draft: Draft, service: str, key: str, text: str | None, origin: Origin) -> Any:
    """Return a variable in the language. What the shell brings is a key of a secret with the service's name."""
    if text is None:
        return _secret(draft, service, key, origin)
    parts: dict[str, Any] = {}
    plain, shape, end = "", "", 0
    for match in _VARIABLE.finditer(text):
        before = text[end : match.start()]
        end = match.end()
        word = "$" if match[1] else None
        if match[4] in (":-", "-"):
            word = match[5]
            name = match[2] or match[3]
            draft.note(origin, "SW7109", f"`{key}` has the default of `{name}`: a cluster has no shell to ask.")
        if word is not None:
            plain, shape = plain + before + word, shape + _braced(before + word)
            continue
        name = match[2] or match[3]
        part = f"p{len(parts) + 1}"
        parts[part] = _secret(draft, service, name, origin)
        plain, shape = plain + before, shape + _braced(before) + f"{{{part}}}"
    plain, shape = plain + text[end:], shape + _braced(text[end:])
    if not parts:
        return plain
    return parts["p1"] if shape == "{p1}" else {"format": shape, "from": parts}


def _secret(draft: Draft, service: str, key: str, origin: Origin) -> dict[str, str]:
    name = draft.secret(service, key)
    draft.valued_elsewhere(origin, f"`{key}` comes from the shell, so it is a key of the secret `{name}`")
    return {"secret": name, "key": key}


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def number_of_seconds(told: Any) -> int:
    """Return a time such as `1m30s` in seconds, rounded up; a number alone is seconds."""
    if isinstance(told, int | float):
        return int(told)
    total = sum(float(number) * _TIMES[unit] for number, unit in re.findall(r"([0-9.]+)(us|ms|s|m|h)", str(told)))
    return int(total) + (total > int(total))
