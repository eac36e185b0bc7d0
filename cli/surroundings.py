"""What stands around: the platform near an application, and the Pulumi project around the working folder."""

import os
from pathlib import Path
from typing import Any

import yaml

from schemas.problems import Origin, Problem, SpecError


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


def project_application() -> Path:
    """Return the application file of the Pulumi project around the working folder.

    Raises:
        SpecError: there is no such project, or it names none.

    """
    folder, project = pulumi_project()
    config = project.get("config") or {}
    named = config.get("application") or config.get("stackwright:application")
    if default := named.get("default") if isinstance(named, dict) else named:
        return Path(os.path.relpath(folder / default))
    raise SpecError([_no_application(str(folder / "Pulumi.yaml"))])


def pulumi_project() -> tuple[Path, dict[str, Any]]:
    """Return the folder of the Pulumi project around the working folder, and what its file says.

    Raises:
        SpecError: there is no such project.

    """
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder, yaml.safe_load((folder / "Pulumi.yaml").read_text("utf-8")) or {}
    raise SpecError([_no_application("Pulumi.yaml")])


def _no_application(file: str) -> Problem:
    origin = Origin(file=file, line=0, column=0, path=(), layer="application")
    message = "no Pulumi project here or above names an application."
    return Problem(origin=origin, code="SW1016", message=message, hint="Name the application's file.")
