"""Writing the files of a new application: all of them, or none."""

from collections.abc import Mapping
from pathlib import Path

import typer

from cli import files
from schemas.problems import SpecError, errors_in
from schemas.resolve import check


def written(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write new files and return them; exits with 2 when one of them is there already.

    Raises:
        SpecError: what would be written is wrong, so that nothing stays written.

    """
    targets = {folder / name: text for name, text in texts.items()}
    if there := [str(file) for file in targets if file.exists() or file.is_symlink()]:
        typer.echo(f"{', '.join(there)}: there already. Nothing was written.", err=True)
        raise typer.Exit(2)
    new_folders = [place for place in _folders(targets) if not place.exists()]
    for place in new_folders:
        place.mkdir()
    for file, text in targets.items():
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    try:
        problems = check(files.project(folder / "application.yaml", None, []))
        if errors_in(problems):
            raise SpecError(problems)
    except SpecError:
        for file in targets:
            file.unlink()
        for place in reversed(new_folders):
            place.rmdir()
        typer.echo("Nothing was written, because it would not be right:", err=True)
        raise
    return list(targets)


def _folders(targets: Mapping[Path, str]) -> list[Path]:
    """Return every folder that the files need, outer ones first."""
    needed = {place for file in targets for place in file.parents}
    return sorted(needed, key=lambda place: len(place.parts))
