"""Writing image layers: a tar with fixed times and owners, so that equal content has an equal digest."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

from sandbox.images.registry import Layer


def layer_of_files(target: Path, files: dict[str, Path], *, writable: tuple[str, ...] = ()) -> Layer:
    """Write a layer of single executables by their path in the image, and empty folders anyone may write to."""
    return _written(target, lambda archive: _add_files(archive, files, writable))


def layer_of_folder(target: Path, folder: Path, prefix: str, *, skip: tuple[str, ...] = ()) -> Layer:
    """Write a layer of a whole folder, placed under a path of the image, without some of its folders."""
    return _written(target, lambda archive: _add_folder(archive, folder, prefix, skip))


def _written(target: Path, fill: Callable[[tarfile.TarFile], None]) -> Layer:
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.writing")
    with half.open("wb") as raw:
        outer = _Hashing(raw)
        with gzip.GzipFile(fileobj=outer, mode="wb", compresslevel=1, mtime=0) as packed:
            inner = _Hashing(packed)
            with tarfile.open(fileobj=inner, mode="w|", format=tarfile.PAX_FORMAT) as archive:
                fill(archive)
    half.rename(target)
    layer = Layer(target, f"sha256:{outer.hash.hexdigest()}", f"sha256:{inner.hash.hexdigest()}")
    target.with_name(f"{target.name}.digests").write_text(f"{layer.digest}\n{layer.diff_id}\n")
    return layer


def known_layer(target: Path) -> Layer | None:
    """Return a layer that an earlier run wrote whole."""
    digests = target.with_name(f"{target.name}.digests")
    if not (target.exists() and digests.exists()):
        return None
    digest, diff_id = digests.read_text().split()
    return Layer(target, digest, diff_id)


class _Hashing(io.RawIOBase):
    """A stream that hashes what passes through."""

    def __init__(self, stream: "io.BufferedWriter | gzip.GzipFile") -> None:
        self.stream = stream
        self.hash = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self.hash.update(data)
        return self.stream.write(data)


def _add_files(archive: tarfile.TarFile, files: dict[str, Path], writable: tuple[str, ...]) -> None:
    for folder in writable:
        entry = tarfile.TarInfo(folder.strip("/"))
        entry.type, entry.mode = tarfile.DIRTYPE, 0o1777
        archive.addfile(entry)
    for path, source in sorted(files.items()):
        entry = tarfile.TarInfo(path.strip("/"))
        entry.size, entry.mode = source.stat().st_size, 0o755
        with source.open("rb") as stream:
            archive.addfile(entry, stream)


def _add_folder(archive: tarfile.TarFile, folder: Path, prefix: str, skip: tuple[str, ...]) -> None:
    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
        inside = entry.name.removeprefix(prefix.strip("/")).strip("/")
        entry.mtime = 0
        return None if any(inside == one or inside.startswith(f"{one}/") for one in skip) else entry

    archive.add(folder, arcname=prefix.strip("/") or ".", filter=plain)
