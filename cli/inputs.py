"""Finding the files that are to be checked: named one by one, or searched for in folders."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from schemas.problems import Origin, Problem
from schemas.shape.grammar import KINDS, Kind
from schemas.text.load import MAX_BYTES

SUFFIXES = (".yaml", ".yml", ".json")
LEFT_OUT = {"node_modules", "venv", "__pycache__", "vendor"}
"""Folders that hold others' files; folders that begin with a dot are left out too."""
MAX_DEPTH = 16
MAX_FILES = 20_000
"""How many files of a folder are looked at, so that a search of a whole disk ends with a sentence."""

_KIND = re.compile(r"""(?:^|[{,])\s*["']?kind["']?\s*:\s*["']?(Application|Platform|Release|Plan)\b""", re.MULTILINE)
_LANGUAGE = "stackwright.dev/"


@dataclass(slots=True)
class Inputs:
    """The files to check by their kind, and what is wrong with how they were named."""

    applications: list[Path] = field(default_factory=list)
    platforms: list[Path] = field(default_factory=list)
    releases: list[Path] = field(default_factory=list)
    plans: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def found(paths: Sequence[Path]) -> Inputs:
    """Return the files that were named and those in the folders that were named, each once.

    What a file is, its own `kind` says; a named file that says nothing is taken for an application, and told so.
    """
    inputs = Inputs()
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            _add_folder(inputs, path, seen)
        else:
            _add(inputs, path, kind_of(path) or "application", seen)
    return inputs


def kind_of(file: Path) -> Kind | None:
    """Return what a file says it is, by a glance at its text; nothing when it is not of this language."""
    try:
        with file.open("rb") as stream:
            text = stream.read(MAX_BYTES).decode("utf-8", errors="replace")
    except OSError:
        return None
    kind = _KIND.search(text) if _LANGUAGE in text else None
    return next((known for known in KINDS if kind is not None and known == kind[1].lower()), None)


def _add(inputs: Inputs, file: Path, kind: Kind, seen: set[Path]) -> None:
    real = file.resolve()
    if real not in seen:
        seen.add(real)
        lists: dict[Kind, list[Path]] = {
            "application": inputs.applications,
            "platform": inputs.platforms,
            "release": inputs.releases,
            "plan": inputs.plans,
        }
        lists[kind].append(file)


def _add_folder(inputs: Inputs, folder: Path, seen: set[Path]) -> None:
    before = len(seen)
    unread: list[Problem] = []
    for number, file in enumerate(_files(folder, unread), 1):
        if number > MAX_FILES:
            message = f"the folder holds more than {MAX_FILES} files."
            inputs.problems.append(_problem(folder, "SW8102", message, "Name a smaller folder, or the files."))
            return
        if file.suffix in SUFFIXES and (kind := kind_of(file)) is not None:
            _add(inputs, file, kind, seen)
    inputs.problems += unread
    if len(seen) == before and not unread:
        hint = "Such a file says `apiVersion: stackwright.dev/v1` and `kind: Application`."
        inputs.problems.append(_problem(folder, "SW8101", "the folder holds no file of an application.", hint))


def _files(folder: Path, unread: list[Problem], depth: int = 0) -> Iterator[Path]:
    """Yield a folder's files, sorted, without those that links lead to outside of it; add what cannot be read."""
    if depth > MAX_DEPTH:
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        message = f"the folder cannot be read: {error.strerror or error}."
        unread.append(_problem(folder, "SW8103", message, "Let its owner grant you that, or name other folders."))
        return
    for entry in entries:
        if entry.is_symlink() or entry.name.startswith("."):
            continue
        if entry.is_dir():
            if entry.name not in LEFT_OUT:
                yield from _files(folder / entry.name, unread, depth + 1)
        elif entry.is_file():
            yield folder / entry.name


def _problem(folder: Path, code: str, message: str, hint: str) -> Problem:
    origin = Origin(file=str(folder), line=0, column=0, path=(), layer="application")
    return Problem(origin=origin, code=code, message=message, hint=hint)
