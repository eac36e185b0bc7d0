"""Mounts: each path in a container taken once, and where it can be."""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence

from schemas.model import Service
from schemas.problems import Path, Problem, nearest
from schemas.spec import Spec

_MAX_TEXTS = 1024 * 1024
"""What Kubernetes lets one ConfigMap hold, in bytes."""

_NEVER = ("/proc", "/sys", "/dev")
"""Where the container's runtime mounts what is the kernel's."""

_IMAGE = {"/bin", "/etc", "/lib", "/lib64", "/opt", "/sbin", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/var"}
"""Folders that every image fills, so that a mount over them hides what a program needs."""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield paths that are taken twice or cannot be mounted, mounts of volumes that are not there, and large texts."""
    for path, service in spec.running():
        yield from _service(spec, service, path)
        yield from _texts(spec, (file.content for file in service.files.values()), (*path, "files"))
    for name, service in spec.application.services.items():
        path = ("services", name)
        for kind, containers in (("initContainers", service.init_containers), ("sidecars", service.sidecars)):
            for key, container in containers.items():
                at = (*path, kind, key, "mounts")
                for volume in container.mounts:
                    if volume not in service.volumes:
                        message = f"the service has no volume `{volume}`.{nearest(volume, service.volumes)}"
                        yield spec.problem((*at, volume), "SW4207", message, at_key=True)
                places: list[tuple[str, Path]] = [(place, (*at, volume)) for volume, place in container.mounts.items()]
                yield from _places(spec, places, folders=[where for where, _ in places])
    for name, config in spec.application.configs.items():
        yield from _texts(spec, config.data.values(), ("configs", name))


def _service(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    shared: Path = (*path[:2], "volumes")
    volumes = [(volume.mount_path, (*shared, key, "mountPath")) for key, volume in service.volumes.items()]
    files = [(file, (*path, "files", file)) for file in service.files]
    # A whole secret or config is a folder; anything else in `files` is one file, which hides nothing beside it.
    folders = {
        at for at, file in service.files.items() if file.content is None and file.source is None and not file.key
    }
    yield from _places(spec, [*volumes, *files], folders=[*(place for place, _ in volumes), *folders])
    sealed = {_normal(at): at for at in folders}
    for place, at in [*volumes, *files]:
        around = next((sealed[parent] for parent in _parents(_normal(place)) if parent in sealed), None)
        if around is not None:
            message = f"`{around}` is a folder of a secret or config (line {spec.key((*path, 'files', around)).line})"
            hint = "Give it a path of its own."
            message = f"{message}, in which nothing can be mounted."
            yield spec.problem(at, "SW4208", message, hint, at_key=at[-1] == place)


def _places(spec: Spec, places: Sequence[tuple[str, Path]], folders: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with each path of one container, and the paths that come twice."""
    taken: dict[str, Path] = {}
    for place, at in places:
        where = _normal(place)
        named = at[-1] == place  # The path of a file is its key.
        if where in taken:
            message = f"`{where}` is mounted already, on {spec.where(taken[where])}."
            yield spec.problem(at, "SW4206", message, "Each mount has a path of its own.", at_key=named)
        taken.setdefault(where, at)
        if where == "/" or any(where == never or where.startswith(f"{never}/") for never in _NEVER):
            message = f"nothing can be mounted at `{where}`: the container itself stands there."
            yield spec.problem(at, "SW4209", message, "Choose a folder of its own, such as `/data`.", at_key=named)
        elif where in _IMAGE and place in folders:
            message = f"a mount at `{where}` hides everything that the image has there."
            yield spec.problem(at, "SW4210", message, "Choose a folder below it.", warning=True, at_key=named)


def _texts(spec: Spec, texts: Iterable[str | None], path: Path) -> Iterator[Problem]:
    """Yield texts that one ConfigMap cannot hold together."""
    size = sum(len(text.encode()) for text in texts if text is not None)
    if size > _MAX_TEXTS:
        message = f"together the texts are {size} bytes, and a ConfigMap holds {_MAX_TEXTS}."
        yield spec.problem(path, "SW4211", message, "Put large files into the image or a volume.", at_key=True)


def _normal(place: str) -> str:
    return posixpath.normpath(place).replace("//", "/", 1)


def _parents(where: str) -> Iterator[str]:
    """Yield the folders around a path, the nearest first; of a wrong one that is not absolute, down to none."""
    while where not in ("/", ""):
        where = posixpath.dirname(where)
        yield where
