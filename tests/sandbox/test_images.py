import gzip
import hashlib
import io
import tarfile
from pathlib import Path

from sandbox.images.layers import known_layer, layer_of_files, layer_of_folder


def test_a_layer_is_the_same_whenever_it_is_written(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(b"x" * 5000)
    first = layer_of_files(tmp_path / "a.tar.gz", {"/program": program}, writable=("/tmp",))
    program.touch()
    second = layer_of_files(tmp_path / "b.tar.gz", {"/program": program}, writable=("/tmp",))
    assert (first.digest, first.diff_id) == (second.digest, second.diff_id)
    data = first.file.read_bytes()
    assert first.digest == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert first.diff_id == f"sha256:{hashlib.sha256(gzip.decompress(data)).hexdigest()}"
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert {(one.name, oct(one.mode)) for one in archive} == {("tmp", "0o1777"), ("program", "0o755")}


def test_a_folder_becomes_a_layer_without_what_is_skipped(tmp_path: Path) -> None:
    for name in ("keep/a", "skip/b", "skipped-not/c"):
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / name).write_text(name)
    layer = layer_of_folder(tmp_path / "l.tar.gz", tmp_path / "root", "/usr/x", skip=("skip",))
    with tarfile.open(layer.file) as archive:
        assert [one.name for one in archive if one.isfile()] == ["usr/x/keep/a", "usr/x/skipped-not/c"]
    assert known_layer(layer.file) == layer
    assert known_layer(tmp_path / "never.tar.gz") is None
