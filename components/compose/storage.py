"""Files and volumes of compose services, and what of them stands at the file's end."""

from dataclasses import dataclass, field
from typing import Any

from components.compose.variables import literal, secret_variable
from schemas.model import Application, InitContainer, Service


@dataclass(slots=True)
class Shared:
    """What several services may name: volumes, configs and secrets by name."""

    volumes: dict[str, Any] = field(default_factory=dict)
    configs: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, Any] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """Return the parts that are there, sorted."""
        parts = {"volumes": self.volumes, "configs": self.configs, "secrets": self.secrets}
        return {key: dict(sorted(part.items())) for key, part in parts.items() if part}


def storage(app: Application, service: Service, shared: Shared) -> dict[str, Any]:
    """Return a service's volumes, folders in memory, and files."""
    found: dict[str, Any] = {}
    volumes, folders = [], []
    for name, volume in sorted(service.volumes.items()):
        if volume.claim is not None or _is_shared(service, name):
            shared.volumes[f"{service.name}-{name}"] = {}
            volumes.append(_mount(f"{service.name}-{name}", volume.mount_path, read_only=volume.read_only))
        else:
            size = _bytes(volume.empty_dir.size_limit) if volume.empty_dir else ""
            folders.append(f"{volume.mount_path}{size}")
    if service.security.read_only_root_filesystem and not any(v.mount_path == "/tmp" for v in service.volumes.values()):  # noqa: S108
        folders.append("/tmp:mode=1777")  # noqa: S108 - a folder of the container
    if volumes:
        found["volumes"] = volumes
    if folders:
        found["tmpfs"] = folders
    return {**found, **_files(app, service, shared)}


def side_volumes(service: Service, side: InitContainer) -> dict[str, Any]:
    """Return what a container beside a service mounts of it."""
    mounts = [_mount(f"{service.name}-{name}", path) for name, path in sorted(side.mounts.items())]
    return {"volumes": mounts} if mounts else {}


def _is_shared(service: Service, name: str) -> bool:
    return any(name in side.mounts for side in (*service.sidecars.values(), *service.init_containers.values()))


def _mount(source: str, target: str, *, read_only: bool = False) -> str:
    return f"{source}:{target}:ro" if read_only else f"{source}:{target}"


def _bytes(quantity: str) -> str:
    """Return a size as an option of a folder in memory; compose knows `k`, `m` and `g`, in powers of two."""
    for suffix, word in (("Ki", "k"), ("Mi", "m"), ("Gi", "g")):
        if quantity.endswith(suffix) and quantity.removesuffix(suffix).isdecimal():
            return f":size={quantity.removesuffix(suffix)}{word}"
    return ""


def _files(app: Application, service: Service, shared: Shared) -> dict[str, Any]:
    configs, secrets = [], []
    for path, file in sorted(service.files.items()):
        if file.content is not None:
            name = _named(service.name, path)
            shared.configs[name] = {"content": literal(file.content)}
            configs.append({"source": name, "target": path, "mode": file.mode})
        elif file.config is not None:
            data = app.configs[file.config].data
            for key in [file.key] if file.key else sorted(data):
                name = _named(file.config, key)
                shared.configs[name] = {"content": literal(data[key])}
                configs.append({"source": name, "target": path if file.key else f"{path}/{key}", "mode": file.mode})
        elif file.secret is not None:
            for key in [file.key] if file.key else sorted(app.secrets[file.secret].keys):
                name = _named(file.secret, key)
                shared.secrets[name] = {"environment": secret_variable(file.secret, key)}
                secrets.append({"source": name, "target": path if file.key else f"{path}/{key}", "mode": file.mode})
    return {**({"configs": configs} if configs else {}), **({"secrets": secrets} if secrets else {})}


def _named(owner: str, key: str) -> str:
    """Return a name that compose takes: letters, digits, `-`, `_` and `.`."""
    return f"{owner}-{''.join(one if one.isalnum() or one in '-_.' else '-' for one in key.strip('/'))}"
