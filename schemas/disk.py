"""Reading files that a person may have put anything at: only regular ones, a bounded part, inside the project."""

import os
import stat
from pathlib import Path as FilePath

_ROOTS = (".git", "Pulumi.yaml")
"""What stands in the topmost folder of a project."""


class NotAFileError(OSError):
    """Raised when a path leads to something that is read but is no file: a pipe, a device, a socket."""


def contents(file: FilePath, limit: int) -> bytes:
    """Return at most so many bytes of a regular file; opening it never waits.

    Raises:
        OSError: the file is missing, not readable, or not a regular file.

    """
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError as error:
        # A path with a NUL in it.
        raise OSError(str(error)) from None
    with os.fdopen(handle, "rb") as stream:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError
        if not stat.S_ISREG(mode):
            raise NotAFileError
        return stream.read(limit)


def leads_out(folder: FilePath, named: str) -> bool:
    """Return whether a symbolic link on the way to a path, named from a folder, leads out of the folder's project.

    A project is the nearest folder above with a `.git` or a `Pulumi.yaml`, else the folder itself. A `..` in the path
    is the author's word and no link.

    Raises:
        OSError: the path is none.

    """
    base = os.path.realpath(folder)
    said = os.path.normpath(os.path.join(base, named))
    try:
        real = os.path.realpath(said)
    except ValueError as error:
        raise OSError(str(error)) from None
    return real != said and not FilePath(real).is_relative_to(_root(FilePath(base)))


def _root(folder: FilePath) -> FilePath:
    for place in (folder, *folder.parents):
        if any((place / mark).exists() for mark in _ROOTS):
            return place
    return folder
