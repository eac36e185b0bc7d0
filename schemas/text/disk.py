"""Reading files that a person may have put anything at: only regular ones, a bounded part, inside the project."""

import errno
import os
import stat
from pathlib import Path as FilePath

_ROOTS = (".git", "Pulumi.yaml")
"""What stands in the topmost folder of a project."""


_NUL = "a path cannot hold the character U+0000"


class NotAFileError(OSError):
    """Raised when a path leads to something that is read but is no file: a pipe, a device, a socket."""


def contents(file: FilePath, limit: int) -> bytes:
    """Return at most so many bytes of a regular file; opening it never waits.

    Raises:
        OSError: the file is missing, not readable, or not a regular file.

    """
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError:
        raise OSError(errno.EINVAL, _NUL) from None
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
    said, real = _said_and_real(folder, named)
    return real != said and not real.is_relative_to(_root(FilePath(os.path.realpath(folder))))


def is_inside(folder: FilePath, named: str) -> bool:
    """Return whether a path, named from a folder, is in that folder when every link is followed.

    Raises:
        OSError: the path is none.

    """
    return _said_and_real(folder, named)[1].is_relative_to(os.path.realpath(folder))


def _said_and_real(folder: FilePath, named: str) -> tuple[FilePath, FilePath]:
    said = os.path.normpath(os.path.join(os.path.realpath(folder), named))
    try:
        return FilePath(said), FilePath(os.path.realpath(said))
    except ValueError:
        raise OSError(errno.EINVAL, _NUL) from None


def _root(folder: FilePath) -> FilePath:
    for place in (folder, *folder.parents):
        if any((place / mark).exists() for mark in _ROOTS):
            return place
    return folder
