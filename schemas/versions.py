"""Versions of the language: which one this is, and which older ones can be brought up to it."""

from schemas.document import Node
from schemas.problems import Problem

CURRENT = "stackwright.dev/v1"
OLDER = ("stackwright.dev/v1beta1",)
"""Versions that `stackwright upgrade` rewrites, the oldest first."""


def problem_of_age(tree: Node) -> Problem | None:
    """Return that a file is written in an older version of the language, or nothing when it is not."""
    version = tree.entries.get("apiVersion")
    if version is None or version.value not in OLDER:
        return None
    message = f"`{version.value}` is an older version of the language; this is `{CURRENT}`."
    hint = f"Run `stackwright upgrade {tree.origin.file} --write`."
    return Problem(origin=version.origin, code="SW3501", message=message, hint=hint)
