"""Volumes, folders in memory, configs and secrets of a compose service."""

import re
from collections.abc import Mapping
from typing import Any

from importers.draft import Draft, named, unique
from importers.rest import Rest
from schemas.problems import Origin

_SIZE = re.compile(r"size=(\d+)([kmg]?)")
_CLAIM = "1Gi"


def storage(draft: Draft, source: Rest, shared: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a service finds at paths of its file system."""
    volumes: dict[str, Any] = {}
    files: dict[str, Any] = {}
    origin = source.at("volumes")
    for one in source.take("volumes", []):
        _volume(draft, one, origin, volumes)
    told = source.take("tmpfs", [])
    for one in [told] if isinstance(told, str) else told:
        path, _, options = str(one).partition(":")
        volumes[_key(path, volumes)] = {"mountPath": path, "emptyDir": {"medium": "Memory", **_size(options)}}
    for kind in ("configs", "secrets"):
        at = source.at(kind)
        for one in source.take(kind, []):
            entry = {"source": one} if isinstance(one, str) else dict(one)
            _file(draft, kind, entry, shared[kind], files, at)
    return {"volumes": volumes, "files": files}


def _volume(draft: Draft, one: Any, origin: Origin, volumes: dict[str, Any]) -> None:
    """Add one volume: a claim for a named one, a folder for one without a name; the machine's own files are noted."""
    if isinstance(one, Mapping):
        kind, held, path = one.get("type", "volume"), str(one.get("source", "")), str(one.get("target", ""))
        read_only = bool(one.get("read_only"))
    else:
        parts = str(one).split(":")
        held, path = (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])
        read_only = "ro" in parts[2].split(",") if len(parts) > 2 else False
        kind = "bind" if held.startswith((".", "/", "~")) else "volume"
    path = path.rstrip("/") or "/"
    marks = {"readOnly": True} if read_only else {}
    if kind == "tmpfs":
        volumes[_key(path, volumes)] = {"mountPath": path, "emptyDir": {"medium": "Memory"}}
    elif kind == "bind":
        message = f"`{held}` of this machine is not imported: a cluster has no such file at `{path}`."
        hint = "A text file stands under `files` with its `source`; anything else belongs into the image or a volume."
        draft.note(origin, "SW7100", message, hint)
    elif held:
        key = unique(named(held), volumes)
        volumes[key] = {"mountPath": path, **marks, "claim": {"storage": _CLAIM}}
        draft.note(origin, "SW7103", f"the volume `{held}` gets {_CLAIM}: compose does not say how large it is.")
    else:
        volumes[_key(path, volumes)] = {"mountPath": path, **marks, "emptyDir": {}}


def _file(
    draft: Draft, kind: str, entry: Mapping[str, Any], known: Mapping[str, Any], files: dict[str, Any], origin: Origin
) -> None:
    name = str(entry["source"])
    told = known.get(name, {})
    place = str(entry.get("target") or (f"/run/secrets/{name}" if kind == "secrets" else f"/{name}"))
    path = place if place.startswith("/") else f"/run/secrets/{place}"
    mode = {"mode": _mode(entry["mode"])} if "mode" in entry else {}
    if kind == "configs" and "content" in told:
        files[path] = {"content": str(told["content"]).replace("$$", "$"), **mode}
    elif kind == "configs" and "file" in told:
        files[path] = {"source": str(told["file"]).removeprefix("./"), **mode}
    elif kind == "configs":
        draft.note(origin, "SW7100", f"what the config `{name}` holds does not stand in the files: it is left out.")
    else:
        files[path] = {"secret": draft.secret(name, name), "key": name, **mode}
        draft.valued_elsewhere(origin, f"the value of the secret `{name}` stays out")


def _mode(told: Any) -> str:
    return f"0{told:o}" if isinstance(told, int) else f"0{str(told).removeprefix('0o').lstrip('0')}"


def _key(path: str, taken: Mapping[str, Any]) -> str:
    return unique(named(path.strip("/") or "root"), taken)


def _size(options: str) -> dict[str, str]:
    match = _SIZE.search(options)
    return {"sizeLimit": match[1] + {"": "", "k": "Ki", "m": "Mi", "g": "Gi"}[match[2]]} if match else {}
