"""Finding and reading the files that a verb works on."""

from pathlib import Path
from typing import Annotated

import typer

from schemas.problems import Origin, Problem, SpecError
from schemas.project import Project, read

Application = Annotated[Path, typer.Argument(help="The application file.", show_default=False)]
Platform = Annotated[
    Path | None,
    typer.Option(
        "--platform", "-p", help="The platform file. Without it: the nearest `platform.yaml`.", show_default=False
    ),
]
Release = Annotated[
    list[Path], typer.Option("--release", "-r", help="A release file; may be given for each environment.")
]
Environment = Annotated[str, typer.Option("--env", "-e", help="The environment, by its name in the platform file.")]
Location = Annotated[str | None, typer.Option("--location", "-l", help="The location. Without it: the first.")]


def project(application: Path, platform: Path | None, releases: list[Path]) -> Project:
    """Read an application with its platform and releases.

    Raises:
        SpecError: with every problem of the files.

    """
    return read(application, platform or nearest_platform(application), tuple(releases))


def nearest_platform(application: Path) -> Path:
    """Return the platform file beside an application, or in the nearest folder above it, or in its `stacks`.

    Raises:
        SpecError: there is none.

    """
    folder = application.resolve().parent
    for place in (folder, *folder.parents):
        for candidate in (place / "platform.yaml", place / "stacks" / "platform.yaml"):
            if candidate.is_file():
                return candidate.relative_to(Path.cwd()) if candidate.is_relative_to(Path.cwd()) else candidate
    origin = Origin(file=str(application), line=0, column=0, path=(), layer="application")
    message = "no `platform.yaml` stands beside this file or above it."
    raise SpecError([Problem(origin=origin, code="SW1015", message=message, hint="Name one with --platform.")])
