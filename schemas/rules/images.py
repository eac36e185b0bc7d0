"""Images: which one runs, and whether it is pinned."""

from collections.abc import Iterator

from schemas.model import Image
from schemas.problems import Path, Problem
from schemas.spec import Spec

UNPINNED = "SW4901"
"""The code of an image that nothing pins."""

MOVING = "SW4902"
"""The code of a tag that means another image every day."""

_MOVING = {"latest", "main", "master", "edge", "nightly"}
"""Tags by which people mean whatever was built last."""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield images that nothing pins, and containers that run another one's program."""
    for path, service in spec.running():
        if service.image is not None:
            yield from _form(spec, service.image, (*path, "image"))
            if service.name not in spec.released:
                yield from _pinned(spec, service.image, (*path, "image"), released=True)
    for name, service in spec.application.services.items():
        path = ("services", name)
        for kind, containers in (("initContainers", service.init_containers), ("sidecars", service.sidecars)):
            for key, container in containers.items():
                if container.image is not None:
                    at = (*path, kind, key, "image")
                    yield from _form(spec, container.image, at)
                    yield from _pinned(spec, container.image, at, released=False)
        for key, container in service.init_containers.items():
            if not (container.image or container.command or container.args or container.env):
                message = f"it runs what `{name}` runs, which does not end, and `{name}` starts only after it."
                where = (*path, "initContainers", key)
                yield spec.problem(where, "SW4907", message, "Say what it runs with `command` or `image`.", at_key=True)


def _form(spec: Spec, image: Image, path: Path) -> Iterator[Problem]:
    if "://" in image.repository:
        message = "an image has no scheme: registries are always asked over HTTPS."
        right = image.repository.partition("://")[2]
        yield spec.problem(path, "SW4906", message, f"Write `{right}…`.")


def _pinned(spec: Spec, image: Image, path: Path, *, released: bool) -> Iterator[Problem]:
    if image.digest is not None:
        return
    if image.tag is None:
        message = f"neither a tag nor a digest says which `{image.repository}` runs."
        by_release = ", or name the digest in a release" if released else ""
        yield spec.problem(path, UNPINNED, message, f"Add one{by_release}.")
    elif image.tag in _MOVING:
        message = f"the tag `{image.tag}` means another image every day."
        yield spec.problem(path, MOVING, message, "Name a version or a digest.", warning=True)
