"""The text of a release file: written anew, or changed at the lines of its images so that comments stay."""

from collections.abc import Mapping

from schemas.language.versions import CURRENT
from schemas.release.moves import Underway
from schemas.text.edits import Written, applied

_SPEC = ("spec",)
_IMAGES = ("spec", "images")
_ROLLOUTS = ("spec", "rollouts")


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


def with_rollouts(text: str, rollouts: Mapping[str, Underway | None]) -> str:
    """Return the text of a release with these rollouts by service, and without those that are over."""
    for service, rollout in sorted(rollouts.items()):
        written = Written(text)
        there = written.entries(_ROLLOUTS)
        if rollout is None:
            gone = _ROLLOUTS if there == [service] else (*_ROLLOUTS, service)
            edits = [written.removed(gone)] if service in there else []
        elif service in there:
            edits = [written.replaced((*_ROLLOUTS, service), _entry(rollout))]
        elif there:
            edits = [written.added_last(_ROLLOUTS, service, _entry(rollout))]
        else:
            edits = [written.added_last(_SPEC, "rollouts", f"{{{service}: {_entry(rollout)}}}")]
        text = applied(text, edits)
    return text


def _entry(rollout: Underway) -> str:
    since = f', since: "{rollout.since}"' if rollout.since is not None else ""
    return f'{{image: "{rollout.image}", step: {rollout.step}{since}}}'
