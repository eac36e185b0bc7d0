"""Images: which one runs, and whether it is pinned."""

from collections.abc import Iterator

from schemas.problems import Problem
from schemas.spec import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Yield images that nothing pins."""
    for name, service in spec.application.services.items():
        path = ("services", name, "image")
        if service.image is None:
            continue
        if name not in spec.released and service.image.digest is None:
            if service.image.tag is None:
                message = f"neither a tag nor a digest says which `{service.image.repository}` runs."
                hint = f"Add one, or name the digest in `releases/{spec.environment.name}.yaml`."
                yield spec.problem(path, "SW4901", message, hint)
            elif service.image.tag == "latest":
                message = "the tag `latest` means another image every day."
                yield spec.problem(path, "SW4902", message, "Name a version or a digest.", warning=True)
