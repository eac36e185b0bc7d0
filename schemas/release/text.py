"""The text of a release file: written anew, or changed at the lines of its images so that comments stay."""

from collections.abc import Mapping

from schemas.language.versions import CURRENT
from schemas.text.edits import Written, applied

_IMAGES = ("spec", "images")


def released(text: str | None, application: str, environment: str, images: Mapping[str, str]) -> str:
    """Return the text of a release with these images by service; what else the text has stays.

    `text` is a release file's, of the right shape, or nothing when there is none yet.
    """
    if text is None:
        lines = "".join(f"    {service}: {image}\n" for service, image in sorted(images.items()))
        head = f"metadata: {{application: {application}, environment: {environment}}}"
        return f"apiVersion: {CURRENT}\nkind: Release\n{head}\nspec:\n  images:\n{lines}"
    for service, image in sorted(images.items()):
        written = Written(text)
        if written.scalar((*_IMAGES, service)) is not None:
            edit = written.replaced((*_IMAGES, service), image)
        else:
            edit = written.added_last(_IMAGES, service, image)
        text = applied(text, [edit])
    return text
