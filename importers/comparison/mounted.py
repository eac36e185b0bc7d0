"""What stands at the paths of a container's mounts, in facts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.manifests.objects import Manifest, logical_name
from importers.comparison.leaves import Fact


def mount_facts(
    box: Mapping[str, Any], pod: Mapping[str, Any], spec: Mapping[str, Any], objects: Sequence[Manifest]
) -> Iterator[tuple[Fact, Any]]:
    """Yield what a container finds at each path: a config's key, a secret, storage of some size."""
    volumes = {volume["name"]: volume for volume in pod.get("volumes") or ()}
    templates = {one["metadata"]["name"]: one for one in spec.get("volumeClaimTemplates") or ()}
    for mount in box.get("volumeMounts") or ():
        volume = volumes.get(mount["name"], {})
        for path, told in _at(mount, volume, templates, objects):
            yield from (((path, *inner), value) for inner, value in told.items())


def _at(
    mount: Mapping[str, Any], volume: Mapping[str, Any], templates: Mapping[str, Any], objects: Sequence[Manifest]
) -> Iterator[tuple[str, dict[Fact, Any]]]:
    path = str(mount["mountPath"]).rstrip("/") or "/"
    read_only: dict[Fact, Any] = {("readOnly",): True} if mount.get("readOnly") else {}
    for kind, field in (("configMap", "name"), ("secret", "secretName")):
        if kind in volume:
            source = volume[kind]
            name = _logical(kind, source.get(field, source.get("name")), objects)
            yield from _files(path, mount, source, kind, name)
            return
    if mount["name"] in templates or "persistentVolumeClaim" in volume:
        yield path, {**read_only, **_claim(mount, volume, templates, objects)}
        return
    kind = next((key for key in volume if key != "name"), "nothing")
    told = volume.get(kind) or {}
    yield path, {**read_only, ("source",): kind, **{(kind, key): str(value) for key, value in told.items()}}


def _files(
    path: str, mount: Mapping[str, Any], source: Mapping[str, Any], kind: str, name: str
) -> Iterator[tuple[str, dict[Fact, Any]]]:
    """Yield files from a ConfigMap or Secret; one that is mounted alone, and one of a folder, are the same fact."""
    items = {item["path"]: item for item in source.get("items") or ()}
    mode: dict[Fact, Any] = {("mode",): source["defaultMode"]} if "defaultMode" in source else {}

    def told(key: str) -> dict[Fact, Any]:
        return {("source",): kind, ("name",): name, ("key",): key, **mode}

    if "subPath" in mount:
        yield path, told((items.get(mount["subPath"]) or {"key": mount["subPath"]})["key"])
    elif items:
        for inside, item in items.items():
            yield f"{path}/{inside}", told(item["key"])
    else:
        yield path, {("source",): kind, ("name",): name, **mode}


def _claim(
    mount: Mapping[str, Any], volume: Mapping[str, Any], templates: Mapping[str, Any], objects: Sequence[Manifest]
) -> dict[Fact, Any]:
    wanted = (volume.get("persistentVolumeClaim") or {}).get("claimName")
    claim = templates.get(mount["name"]) or next(
        (one for one in objects if one["kind"] == "PersistentVolumeClaim" and one["metadata"]["name"] == wanted), None
    )
    if claim is None:
        return {("source",): "persistentVolumeClaim", ("claim",): wanted}
    spec = claim["spec"]
    found: dict[Fact, Any] = {("source",): "persistentVolumeClaim"}
    found["storage",] = spec["resources"]["requests"]["storage"]
    found["accessModes",] = tuple(spec["accessModes"])
    if "storageClassName" in spec:
        found["storageClassName",] = spec["storageClassName"]
    return found


def _logical(kind: str, name: str, objects: Sequence[Manifest]) -> str:
    if kind == "secret":
        return name
    return next(
        (logical_name(one) for one in objects if one["kind"] == "ConfigMap" and one["metadata"]["name"] == name), name
    )
