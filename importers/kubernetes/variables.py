"""Environment variables of a container."""

import re
from collections.abc import Mapping
from typing import Any

from importers.draft import Draft, named
from importers.rest import Rest

_FIELDS = {
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.podIP",
}
_PART_FIELDS = {"metadata.name", "metadata.namespace", "status.podIP"}
_NAME = re.compile(r"^[-._a-zA-Z][-._a-zA-Z0-9]*$")
_REFERENCE = re.compile(r"\$\$|\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)")


def environment(draft: Draft, container: Rest, sources: "Sources") -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a container's variables in the language, and the entries that it has no words for.

    What `envFrom` brings stands as one variable each where the source is among the files: who reads the spec sees it.
    """
    found: dict[str, Any] = {}
    for entry in container.items("envFrom"):
        found |= _whole(draft, entry, sources)
    rest: list[dict[str, Any]] = []
    for entry in container.items("env"):
        name = str(entry.take("name", ""))
        value = _one(draft, entry, found, sources) if _NAME.match(name) else None
        if value is None:
            rest.append({"name": name, **entry.left()})
            continue
        found.pop(name, None)
        found[name] = value
    return found, rest


class Sources:
    """The ConfigMaps and Secrets of the files: their keys by name, and which ConfigMaps keep their own object."""

    def __init__(self, configs: Mapping[str, Mapping[str, str]], secrets: Mapping[str, set[str]]) -> None:
        self.configs = configs
        self.secrets = secrets
        self.kept: set[str] = set()


def _whole(draft: Draft, entry: Rest, sources: Sources) -> dict[str, Any]:
    """Return the variables of one `envFrom`; one whose keys nobody knows is noted."""
    origin, prefix = entry.origin, entry.take("prefix", "")
    for field, kind in (("configMapRef", "config"), ("secretRef", "secret")):
        reference = entry.inner(field)
        name = reference.take("name")
        if name is None:
            continue
        known = sources.configs.get(name) if kind == "config" else sources.secrets.get(name)
        if known is None:
            message = f"which variables `{name}` brings can't be known: it is not among the files."
            draft.note(origin, "SW7020", message, "Name the variables under `env`, each with its key.")
            return {}
        if kind == "config":
            return {f"{prefix}{key}": {"config": named(name), "key": key} for key in known}
        declared = draft.secret(name, *known)
        return {f"{prefix}{key}": {"secret": declared, "key": key} for key in sorted(known)}
    return {}


def _one(draft: Draft, entry: Rest, earlier: Mapping[str, Any], sources: Sources) -> Any:
    """Return one variable in the language, or nothing when it has no words for it; then the entry is as it was."""
    source = entry.look("valueFrom")
    if source is None:
        return _composed(str(entry.take("value", "")), earlier)
    if set(source) == {"secretKeyRef"}:
        reference = source["secretKeyRef"]
        if "name" in reference and not reference.get("optional"):
            return {"secret": draft.secret(reference["name"], str(reference["key"])), "key": str(reference["key"])}
    elif set(source) == {"configMapKeyRef"}:
        reference = source["configMapKeyRef"]
        name, key = reference.get("name"), str(reference.get("key"))
        if name in sources.configs and key in sources.configs[name] and not reference.get("optional"):
            return {"config": named(name), "key": key}
        sources.kept.add(str(name))
    elif set(source) == {"fieldRef"} and source["fieldRef"].get("fieldPath") in _FIELDS:
        return {"field": source["fieldRef"]["fieldPath"]}
    return None


def _composed(text: str, earlier: Mapping[str, Any]) -> Any:
    """Return a text, or the `format` that says the same: Kubernetes puts earlier variables in for `$(NAME)`.

    A name that no earlier variable has stays as it stands, and `$$` is a dollar.
    """
    parts: dict[str, Any] = {}
    literal, shape, end = "", "", 0
    for match in _REFERENCE.finditer(text):
        before = text[end : match.start()]
        end = match.end()
        name = match.group(1)
        value = earlier.get(name) if name else None
        if name is None or value is None:
            word = "$" if name is None else match.group(0)
            literal, shape = literal + before + word, shape + _braced(before + word)
        elif isinstance(value, str):
            literal, shape = literal + before + value, shape + _braced(before + value)
        else:
            if "format" in value or value.get("field", "metadata.name") not in _PART_FIELDS:
                return text
            key = _part(name, parts)
            parts[key] = value
            literal, shape = literal + before, shape + _braced(before) + f"{{{key}}}"
    literal, shape = literal + text[end:], shape + _braced(text[end:])
    return {"format": shape, "from": parts} if parts else literal


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _part(name: str, taken: Mapping[str, Any]) -> str:
    words = [word for word in re.split("[^A-Za-z0-9]+", name.lower()) if word]
    camel = "".join(word if index == 0 else word.capitalize() for index, word in enumerate(words)) or "part"
    camel = camel if camel[0].isalpha() else f"v{camel}"
    return camel if camel not in taken else f"{camel}{len(taken) + 1}"
