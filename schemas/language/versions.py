"""Versions of the language: which one this is, and which older ones can be brought up to it."""

import re

from schemas.problems import Problem
from schemas.text.document import Node

CURRENT = "stackwright.dev/v1"
OLDER = ("stackwright.dev/v1beta1",)
"""Versions that `stackwright upgrade` rewrites, the oldest first."""


def problem_of_kind(tree: Node) -> Problem | None:
    """Return that a file is a Kubernetes manifest or a compose file, or nothing when it is not."""
    version, kind = tree.entries.get("apiVersion"), tree.entries.get("kind")
    hint = f"`stackwright import {tree.origin.file}` makes an application of it."
    if version is not None and kind is not None and _is_kubernetes(version.value):
        message = f"this is the kind `{kind.value}` of Kubernetes, and not a file of this language."
        return Problem(origin=version.origin, code="SW3504", message=message, hint=hint)
    services = tree.entries.get("services")
    if version is None and kind is None and services is not None and "spec" not in tree.entries:
        message = "this is a compose file, and not a file of this language."
        return Problem(origin=services.key or services.origin, code="SW3504", message=message, hint=hint)
    return None


def _is_kubernetes(version: object) -> bool:
    return isinstance(version, str) and "stackwright" not in version and re.fullmatch(_API, version) is not None


_API = r"([a-z0-9.-]+/)?v[0-9]+((alpha|beta)[0-9]+)?"


def problem_of_age(tree: Node) -> Problem | None:
    """Return that a file is written in an older version of the language, or nothing when it is not."""
    version = tree.entries.get("apiVersion")
    if version is None or version.value not in OLDER:
        return None
    message = f"`{version.value}` is an older version of the language; this is `{CURRENT}`."
    hint = f"Run `stackwright upgrade {tree.origin.file} --write`."
    return Problem(origin=version.origin, code="SW3501", message=message, hint=hint)
