"""`stackwright release`: which image of each service runs in an environment."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli import difference, files, report
from components.manifests.checked import checked
from schemas.problems import Problem, SpecError
from schemas.project import Project
from schemas.release.fit import FOLDER
from schemas.release.text import released
from schemas.resolve import resolve
from schemas.shape.conformance import layer_problems
from schemas.text.document import at, plain
from schemas.text.load import load, parse

_IMAGE = re.compile(r"^([^=\s]+)=(\S+)$")


def release(
    application: files.Application,
    env: files.Environment,
    image: Annotated[
        list[str],
        typer.Option(help="`SERVICE=REPOSITORY[:TAG]@DIGEST`; may be given for each service.", show_default=False),
    ] = [],  # noqa: B006 - typer's way to say "none"
    source: Annotated[
        str | None, typer.Option("--from", help="An environment whose released images to take.", show_default=False)
    ] = None,
    platform: files.Platform = None,
) -> None:
    """Write which images run in an environment, in `releases/ENV.yaml` beside the application.

    Images of services that are not named stay as they are, and so do comments. Nothing is written when the spec would
    be wrong with it. The exit code is 0 when the file is written or says so already, and 1 when something is wrong.

    Example: stackwright release application.yaml --env prod --from staging
    """
    given = dict(_named(text) for text in image)
    if not given and source is None:
        raise typer.BadParameter("name images with --image, or another environment with --from.")
    folder = application.parent / FOLDER
    file = folder / f"{env}.yaml"
    with report.told():
        promoted = _images(folder / f"{source}.yaml") if source is not None else {}
        project = files.project(application, platform, [])
        before = file.read_bytes().decode() if file.is_file() else None
        after = released(before, project.name, env, {**promoted, **given})
        warnings = _checked(project, file, env, after)
    report.show(warnings, report.Format.text)
    if after == before:
        typer.echo(f"{file} says so already.", err=True)
        return
    difference.show(file, before or "", after)
    folder.mkdir(exist_ok=True)
    file.write_bytes(after.encode())
    typer.echo(f"{file} is written.", err=True)


def _named(text: str) -> tuple[str, str]:
    found = _IMAGE.match(text)
    if found is None:
        raise typer.BadParameter(f"`{text}` must be SERVICE=REPOSITORY[:TAG]@DIGEST.", param_hint="--image")
    return found[1], found[2]


def _images(file: Path) -> dict[str, str]:
    """Return the images of a release file.

    Raises:
        SpecError: there is no such file, or it is wrong.

    """
    tree = load(file, "release")
    if problems := layer_problems(tree, "release"):
        raise SpecError(problems)
    images: dict[str, str] = plain(at(tree, "spec", "images"))
    return images


def _checked(project: Project, file: Path, environment: str, text: str) -> tuple[Problem, ...]:
    """Return the warnings of an environment with a release.

    Raises:
        SpecError: with every problem of the release, and of the environment with it.

    """
    tree = parse(text, str(file), "release")
    if problems := layer_problems(tree, "release"):
        raise SpecError(problems)
    with_release = replace(project, releases={**project.releases, environment: tree})
    warnings: list[Problem] = []
    for location in project.locations(environment):
        warnings += checked(resolve(with_release, environment, location)).warnings
    return tuple(dict.fromkeys(warnings))
