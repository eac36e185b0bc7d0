"""Base images for Dockerfiles, made here because nothing can be pulled: Debian with Python, with Redis, with Go."""

import shutil
import subprocess

from sandbox.errors import SandboxError
from sandbox.images.layers import known_layer, layer_of_folder
from sandbox.images.registry import Layer, has_image, push
from sandbox.layout import Layout
from sandbox.progress import step
from sandbox.tools.go import go_root

PYTHON, REDIS, GO = "base/python", "base/redis", "base/go"
TAG = "bookworm"
_PACKAGES = ("ca-certificates", "python3", "redis-server", "redis-tools")
_PATH = "PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def push_base_images(layout: Layout) -> None:
    """Push the base images that the registry lacks."""
    if all(has_image(repository, TAG) for repository in (PYTHON, REDIS, GO)):
        return
    root = debian(layout)
    go = _go(layout)
    push(PYTHON, TAG, [root], {"Env": [_PATH], "Cmd": ["python3"]})
    push(REDIS, TAG, [root], {"Env": [_PATH], "Cmd": ["redis-server"]})
    push(GO, TAG, [root, go], {"Env": [_PATH, "GOTOOLCHAIN=local", "GOCACHE=/tmp/go-build", "GOPATH=/tmp/go"]})


def debian(layout: Layout) -> Layer:
    """Return the layer with Debian that every base image starts from."""
    target = layout.cache / "base" / f"debian-{TAG}.tar.gz"
    if layer := known_layer(target):
        return layer
    root = layout.cache / "base" / "debian.making"
    with step("make the Debian base image (about 1 min)"):
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        command = ["debootstrap", "--variant=minbase", f"--include={','.join(_PACKAGES)}", TAG, str(root)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SandboxError(f"debootstrap failed: {done.stdout.strip().splitlines()[-1]}")
        skip = ("var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "dev", "proc", "sys")
        layer = layer_of_folder(target, root, "", skip=skip)
        shutil.rmtree(root)
    return layer


def _go(layout: Layout) -> Layer:
    root = go_root()
    version = (root / "VERSION").read_text().split()[0]
    target = layout.cache / "base" / f"{version}.tar.gz"
    if layer := known_layer(target):
        return layer
    with step("make the Go base image"):
        return layer_of_folder(target, root.resolve(), "usr/local/go", skip=("test", "api", "doc"))
