"""Images of the cluster's own programs: one static binary each."""

from pathlib import Path

from sandbox.images.layers import layer_of_files
from sandbox.images.registry import has_image, push
from sandbox.layout import Layout

USER = "65532:65532"


def push_program(layout: Layout, name: str, program: Path, tag: str) -> None:
    """Push an image that holds one program, unless the registry has it."""
    repository = f"sandbox/{name}"
    if has_image(repository, tag):
        return
    layer = layer_of_files(layout.data / "layers" / f"{name}.tar.gz", {f"/{name}": program}, writable=("/tmp",))  # noqa: S108 - in the image
    push(repository, tag, [layer], {"Entrypoint": [f"/{name}"], "User": USER})
    layer.file.unlink()
