"""Images: which one runs, and whether it is pinned."""

from collections.abc import Iterator

from schemas.document import Node, descend
from schemas.problems import Problem, nearest
from schemas.spec import Spec


def check(spec: Spec, release: Node | None) -> Iterator[Problem]:
    """Yield images that nothing pins, and releases that name what is not there."""
    for name, service in spec.application.services.items():
        path = ("services", name, "image")
        if service.image is None:
            continue
        if name not in spec.released and service.image.digest is None:
            if service.image.tag is None:
                message = f"neither a tag nor a digest says which `{service.image.repository}` runs."
                hint = f"Add one, or name the digest in a release for `{spec.environment.name}`."
                yield spec.problem(path, "SW4901", message, hint)
            elif service.image.tag == "latest":
                message = "the tag `latest` means another image every day."
                yield spec.problem(path, "SW4902", message, "Name a version or a digest.", warning=True)
    if release is not None:
        yield from _released(spec, release)


def _released(spec: Spec, release: Node) -> Iterator[Problem]:
    services = spec.application.services
    images = descend(release, ("spec", "images"))
    for name, image in images.entries.items() if images else ():
        at = image.key or image.origin
        if name not in services:
            message = f"there is no service `{name}` in `{spec.environment.name}`.{nearest(name, services)}"
            yield Problem(origin=at, code="SW4903", message=message, severity="warning")
            continue
        wanted = services[name].image
        if wanted is None:
            message = f"`{name}` is built from source, so a release can't choose its image."
            yield Problem(origin=at, code="SW4904", message=message)
        elif (
            str(image.value).partition("@")[0].rpartition("/")[2].partition(":")[0]
            != wanted.repository.rpartition("/")[2]
        ):
            message = f"this is another repository than the spec's (`{wanted.repository}`)."
            yield Problem(origin=image.origin, code="SW4905", message=message)
