"""Release files: which of them count, and whether they fit the spec they release."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path as FilePath

from schemas.model import Image
from schemas.problems import Origin, Path, Problem
from schemas.release.rollouts import weights
from schemas.spec import Spec
from schemas.text.document import Node, at, descend, plain, text
from schemas.values.image_names import full_name, split_tag

FOLDER = "releases"
"""The folder beside an application that holds a release for each environment."""

_SUFFIXES = (".yaml", ".yml", ".json")


def beside(application: FilePath) -> list[FilePath]:
    """Return the release files that stand beside an application, sorted."""
    folder = application.parent / FOLDER
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if file.suffix in _SUFFIXES and file.is_file())


def chosen(named: Sequence[Node], beside: Sequence[Node]) -> tuple[dict[str, Node], list[Problem]]:
    """Return the release of each environment, and those that contradict each other.

    A release that the user names takes the place of the one beside the application.
    """
    problems = [*_twice(named), *_twice(beside), *_misnamed(beside)]
    return {_environment(tree): tree for tree in (*beside, *named)}, problems


def check(spec: Spec, release: Node) -> Iterator[Problem]:
    """Yield what a release names that the spec does not have, or has otherwise."""
    running = {service.name: (path, service) for path, service in spec.running()}
    for name, image in at(release, "spec", "images").entries.items():
        key = image.key or image.origin
        if name not in running:
            message = f"{spec.absence(name)} The release is older, or for another environment."
            yield Problem(origin=key, code="SW4903", message=message, severity="warning", hint="Remove the line.")
            continue
        path, service = running[name]
        declared = service.image
        if declared is None:
            where = _place(spec.key((*path, "build")))
            message = f"`{name}` is built from source ({where}), so a release can't choose its image."
            yield Problem(origin=key, code="SW4904", message=message)
            continue
        yield from _other_image(spec, path, declared, image)
        if str(image.value).partition("@sha256:")[2] in _NO_IMAGE:
            message = "no image has this digest: it stands for nothing at all."
            yield Problem(
                origin=image.origin, code="SW3404", message=message, hint="Copy the digest that the push gave."
            )
    yield from _rollouts(spec, release)


def _rollouts(spec: Spec, release: Node) -> Iterator[Problem]:
    """Yield rollouts of services that have none in steps, and steps that there are not."""
    entries = descend(release, ("spec", "rollouts"))
    for name, entry in entries.entries.items() if entries is not None else ():
        key = entry.key or entry.origin
        service = spec.application.services.get(name)
        if service is None:
            message = f"{spec.absence(name)} The release is older, or for another environment."
            yield Problem(origin=key, code="SW4903", message=message, severity="warning", hint="Remove the entry.")
            continue
        shares = weights(plain(at(spec.tree, "services", name, "rollout")))
        image, step = at(entry, "image"), at(entry, "step")
        if not shares:
            where = _place(spec.origin(("services", name, "rollout", "strategy")))
            message = f"the rollout of `{name}` has no steps here ({where})."
            yield Problem(origin=key, code="SW3405", message=message, hint="Write the image under `images`.")
            continue
        if int(str(step.value)) > len(shares):
            message = f"the rollout of `{name}` has {len(shares)} steps, and this is step {step.value}."
            yield Problem(
                origin=step.origin, code="SW3406", message=message, hint="`stackwright release --promote` ends it."
            )
        if service.image is None:
            where = _place(spec.key(("services", name, "build")))
            message = f"`{name}` is built from source ({where}), so a release can't choose its image."
            yield Problem(origin=key, code="SW4904", message=message)
        else:
            yield from _other_image(spec, ("services", name), service.image, image)


def _other_image(spec: Spec, path: Path, declared: Image, image: Node) -> Iterator[Problem]:
    """Yield that a release and the spec name two images, of which one would silently win."""
    text, _, digest = str(image.value).partition("@")
    repository, tag = split_tag(text)
    said = (*path, "image")
    if full_name(repository) != full_name(declared.repository):
        where = _place(spec.origin((*said, "repository")))
        message = f"this is another repository than the spec's, `{declared.repository}` ({where})."
        yield Problem(origin=image.origin, code="SW4905", message=message)
    elif declared.digest and declared.digest != digest:
        message = f"the spec names another digest ({_place(spec.origin((*said, 'digest')))})."
        yield Problem(origin=image.origin, code="SW3403", message=message, hint="Take it out of one of the files.")
    elif declared.tag and tag and declared.tag != tag:
        where = _place(spec.origin((*said, "tag")))
        message = f"this is `{tag}` and the spec says `{declared.tag}` ({where}), so the release is out of date."
        yield Problem(
            origin=image.origin, code="SW3403", message=message, hint="Release it, or leave the tag out there."
        )


def _place(origin: Origin) -> str:
    return f"{origin.file}:{origin.line}" if origin.line else origin.file


_NO_IMAGE = {"0" * 64, "f" * 64, sha256(b"").hexdigest()}
"""Digests that stand in files by mistake: placeholders, and the digest of what an empty variable held."""


def _twice(trees: Sequence[Node]) -> Iterator[Problem]:
    first: dict[str, Origin] = {}
    for tree in trees:
        origin = at(tree, "metadata", "environment").origin
        other = first.setdefault(_environment(tree), origin)
        if other is not origin:
            message = f"`{_environment(tree)}` has a release already, in {other.file}:{other.line}."
            yield Problem(origin=origin, code="SW3402", message=message, hint="Keep one of them.")


def _misnamed(trees: Sequence[Node]) -> Iterator[Problem]:
    """Yield files that are named for another environment than they release for."""
    for tree in trees:
        environment = at(tree, "metadata", "environment")
        name = FilePath(tree.origin.file).stem
        if environment.value != name:
            message = f"the file is named for `{name}` and releases for `{environment.value}`."
            yield Problem(origin=environment.origin, code="SW3401", message=message, hint="Rename it, or mend this.")


def _environment(tree: Node) -> str:
    return text(tree, "metadata", "environment")
