"""The files that a verb works on: how they are named, and reading them."""

from pathlib import Path
from typing import Annotated

import typer

from cli import completion
from cli.surroundings import nearest_platform
from schemas.examine import read
from schemas.project import Project

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
_ENV = typer.Option(
    "--env", "-e", help="The environment, by its name in the platform file.", autocompletion=completion.environments
)
Environment = Annotated[str, _ENV]
SomeEnvironment = Annotated[str | None, _ENV]
Location = Annotated[str | None, typer.Option("--location", "-l", help="The location. Without it: the first.")]


def project(application: Path, platform: Path | None, releases: list[Path]) -> Project:
    """Read an application with its platform and releases.

    Raises:
        SpecError: with every problem of the files.

    """
    return read(application, platform or nearest_platform(application), tuple(releases))
