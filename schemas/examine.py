"""Reading the files of an application, and telling of wrong ones everything at once: of each file, and beyond."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path as FilePath

from schemas import salvage
from schemas.platform import limits
from schemas.problems import Problem, SpecError
from schemas.project import Files, Project
from schemas.resolve import survey
from schemas.rules import images
from schemas.shape.grammar import Kind
from schemas.spec import Spec
from schemas.text.document import Node
from schemas.text.reader import ALIAS
from schemas.text.scalars import SURPRISE, TAG

_OF_ONE_VALUE = (TAG, SURPRISE, ALIAS)
"""Codes of a value that could not be read, while all around it could."""
_UNKNOWABLE = re.compile("SW1(?!007|009|010|013|019)|SW30[01][13]|SW350")
"""Codes of what cannot be mended: a file that breaks off or is in another language, a platform or layer not there."""

_PINNED_BY_RELEASES = {images.UNPINNED, limits.UNPINNED}
"""Codes of images that a wrong release may have meant to pin."""


def read(
    application: FilePath,
    platform: FilePath,
    named: Iterable[FilePath] = (),
    *,
    today: date | None = None,
    unsaved: FilePath | None = None,
    beyond: Callable[[Spec], Iterable[Problem]] | None = None,
) -> Project:
    """Read the files of an application; see `schemas.project.Files`, and `schemas.resolve.survey` for `beyond`.

    Raises:
        SpecError: with every problem of every file, and with what the rules find whatever those would be mended to.

    """
    files = Files(application, platform, named, today=today, unsaved=unsaved)
    try:
        return files.whole()
    except SpecError as error:
        told = error.problems
    raise SpecError([*told, *_beyond_the_told(files, told, beyond)])


def _beyond_the_told(
    files: Files, told: Sequence[Problem], beyond: Callable[[Spec], Iterable[Problem]] | None
) -> list[Problem]:
    if any(_UNKNOWABLE.match(problem.code) for problem in told):
        return []
    found: list[list[Problem]] = []
    for way in salvage.WAYS:
        application = _mended(files.application, "application", told, way)
        platform = _mended(files.platform, "platform", told, way)
        if application is not None and platform is not None:
            whole, clashes = files.project(application, platform)
            found.append([*clashes, *survey(whole, beyond)[1]])
    silent: set[str] = set()
    if any(problem.origin.layer == "release" for problem in told):
        silent |= _PINNED_BY_RELEASES
    if any(problem.origin.path[:2] == ("spec", "exemptions") for problem in told):
        # What is wrong with an exemption may be what keeps it from its limit.
        silent |= {limit.code for limit in limits.LIMITS}
    return limits.told_once([problem for problem in salvage.independent(told, found) if problem.code not in silent])


def _mended(tree: Node | None, kind: Kind, told: Sequence[Problem], way: int) -> Node | None:
    if tree is None:
        return None
    unread = [one.origin.path for one in told if one.code in _OF_ONE_VALUE and one.origin.file == tree.origin.file]
    return salvage.mended(salvage.restored(tree, kind, unread, way), kind, None, way)
