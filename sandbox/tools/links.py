"""Folders that show programs from several places."""

import shutil
from collections.abc import Mapping
from pathlib import Path


def link(folder: Path, programs: Mapping[str, Path]) -> None:
    """Make a folder show exactly these programs.

    By hard links, because Pulumi looks for its language host beside itself, wherever a symbolic link leads to.
    """
    for shown in folder.iterdir():
        if shown.name not in programs or not shown.exists() or not shown.samefile(programs[shown.name]):
            shown.unlink()
    for name, program in programs.items():
        shown = folder / name
        if shown.exists():
            continue
        try:
            shown.hardlink_to(program)
        except OSError:
            shutil.copy2(program, shown)
