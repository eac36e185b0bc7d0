"""Volumes of a pod, and where a container sees them."""

from dataclasses import dataclass
from typing import Any

from components.manifests.configuration import config_map_name, file_key, files_config_map_name
from components.manifests.objects import content_hash, short
from schemas.model import Application, File, InitContainer, Service, Volume

_TMP = "/tmp"  # noqa: S108 - in the container


@dataclass(frozen=True, slots=True)
class Mounts:
    """The pod's volumes, and the mounts of the service's own container."""

    volumes: list[dict[str, Any]]
    mounts: list[dict[str, Any]]


def mounts(app: Application, service: Service) -> Mounts:
    """Return everything that a service mounts: its volumes, files, and a writable `/tmp`."""
    volumes: list[dict[str, Any]] = []
    places: list[dict[str, Any]] = []
    for name, volume in sorted(service.volumes.items()):
        places.append(_place(name, volume))
        # A stateful service's claims come from its template.
        if not (service.type == "stateful" and volume.claim is not None):
            volumes.append(_volume(service, name, volume))
    for path, file in sorted(service.files.items()):
        name = f"file-{content_hash(path)}"
        volumes.append({"name": name, **_file_volume(app, service, path, file)})
        places.append(_file_place(name, path, file))
    own = [volume.mount_path for volume in service.volumes.values()]
    places += _tmp_place(service, [*own, *service.files])
    # The service may have a `/tmp` of its own, and a container beside it none.
    beside = [place for side in _sides(service) for place in side_places(service, side)]
    if _tmp(service) in [*places, *beside]:
        volumes.append({"name": _tmp(service)["name"], "emptyDir": {"sizeLimit": "64Mi"}})
    return Mounts(volumes, places)


def side_places(service: Service, side: InitContainer) -> list[dict[str, Any]]:
    """Return the mounts of a container beside the service: the volumes that it names, and a writable `/tmp`."""
    places = [{"name": volume, "mountPath": path} for volume, path in sorted(side.mounts.items())]
    return places + _tmp_place(service, list(side.mounts.values()))


def _sides(service: Service) -> list[InitContainer]:
    return [*service.sidecars.values(), *service.init_containers.values()]


def _tmp_place(service: Service, taken: list[str]) -> list[dict[str, Any]]:
    """Return the mount of a writable `/tmp`, or nothing where it is writable, or taken, without one."""
    needed = service.security.read_only_root_filesystem and _TMP not in {path.rstrip("/") for path in taken}
    return [_tmp(service)] if needed else []


def _tmp(service: Service) -> dict[str, Any]:
    """Return the mount of `/tmp`. Its volume's name is free: those of the spec start with a letter, never a digit."""
    return {"name": "0-tmp" if "tmp" in service.volumes else "tmp", "mountPath": _TMP}


def claim_name(service: Service, volume: str) -> str:
    """Return the name of a service's PersistentVolumeClaim. It stays with the data when the service is renamed."""
    return short(f"{service.renamed_from or service.identity}-{volume}")


def _place(name: str, volume: Volume) -> dict[str, Any]:
    place: dict[str, Any] = {"name": name, "mountPath": volume.mount_path}
    return {**place, "readOnly": True} if volume.read_only else place


def _volume(service: Service, name: str, volume: Volume) -> dict[str, Any]:
    if volume.claim is not None:
        return {"name": name, "persistentVolumeClaim": {"claimName": claim_name(service, name)}}
    empty: dict[str, Any] = {}
    if volume.empty_dir is not None:
        empty = {"sizeLimit": volume.empty_dir.size_limit}
        empty |= {"medium": volume.empty_dir.medium} if volume.empty_dir.medium else {}
    return {"name": name, "emptyDir": empty}


def _file_volume(app: Application, service: Service, path: str, file: File) -> dict[str, Any]:
    mode = int(file.mode, 8)
    if file.content is not None:
        items = [{"key": file_key(path), "path": "file"}]
        return {"configMap": {"name": files_config_map_name(service), "items": items, "defaultMode": mode}}
    one = {"items": [{"key": file.key, "path": "file"}]} if file.key else {}
    if file.secret is not None:
        return {"secret": {"secretName": file.secret, **one, "defaultMode": mode}}
    return {"configMap": {"name": config_map_name(app, file.config or ""), **one, "defaultMode": mode}}


def _file_place(name: str, path: str, file: File) -> dict[str, Any]:
    """Return where a file stands: a single one is mounted over its path, a whole secret or config as a folder."""
    single = file.content is not None or file.key is not None
    place = {"name": name, "mountPath": path, "readOnly": True}
    return {**place, "subPath": "file"} if single else place
