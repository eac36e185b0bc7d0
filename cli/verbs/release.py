"""`stackwright release`: which image of each service runs in an environment."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli import difference, files, report, rollouts
from components.manifests.checked import checked
from schemas.problems import Problem, SpecError
from schemas.project import Project
from schemas.release.fit import FOLDER
from schemas.release.moves import Move, Service
from schemas.release.text import released, with_rollouts
from schemas.resolve import resolve, stepped_rollouts
from schemas.shape.conformance import layer_problems
from schemas.text.document import at, plain
from schemas.text.load import load, parse

_IMAGE = re.compile(r"^([^=\s]+)=(\S+)$")


def release(  # noqa: PLR0913, PLR0917 - typer has an option a parameter
    application: files.Application,
    env: files.Environment,
    image: Annotated[
        list[str],
        typer.Option(help="`SERVICE=REPOSITORY[:TAG]@DIGEST`; may be given for each service.", show_default=False),
    ] = [],  # noqa: B006 - typer's way to say "none"
    source: Annotated[
        str | None, typer.Option("--from", help="An environment whose released images to take.", show_default=False)
    ] = None,
    advance: Annotated[list[str], typer.Option(help="A service whose rollout takes its next step.")] = [],  # noqa: B006
    promote: Annotated[list[str], typer.Option(help="A service whose new image takes over now.")] = [],  # noqa: B006
    abort: Annotated[list[str], typer.Option(help="A service whose old image takes all calls back.")] = [],  # noqa: B006
    prometheus: Annotated[
        str | None, typer.Option(help="The address of the Prometheus that is asked whether checks hold.")
    ] = None,
    confirm: Annotated[bool, typer.Option(help="Take the next step though pauses and checks are open.")] = False,
    platform: files.Platform = None,
) -> None:
    """Write which images run in an environment, in `releases/ENV.yaml` beside the application.

    Images of services that are not named stay as they are, and so do comments. A service with `rollout: canary` or
    `blueGreen` gets a new image in steps: `--image` begins the first, `--advance` takes the next, and after the last
    the service itself gets the image. Nothing is written when the spec would be wrong with it. The exit code is 0 when
    the file is written or says so already, and 1 when something is wrong, or a pause or a check is open.

    Example: stackwright release application.yaml --env prod --from staging
    """
    given = dict(_named(text) for text in image)
    moves = _moves(advance, promote, abort)
    if not given and source is None and not moves:
        raise typer.BadParameter("name images with --image, another environment with --from, or a rollout to move on.")
    folder = application.parent / FOLDER
    file = folder / f"{env}.yaml"
    with report.told():
        promoted = _images(folder / f"{source}.yaml") if source is not None else {}
        project = files.project(application, platform, [])
        before = file.read_bytes().decode() if file.is_file() else None
        images = {**promoted, **given}
        changed = _changed(project, env, images, moves, None if confirm else rollouts.Conditions(prometheus))
        after = _written(before, project.name, env, changed)
        warnings = _checked(project, file, env, after)
    report.show(warnings, report.Format.text)
    _save(file, before, after)


def _save(file: Path, before: str | None, after: str) -> None:
    if after == before:
        typer.echo(f"{file} says so already.", err=True)
        return
    difference.show(file, before or "", after)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(after.encode())
    typer.echo(f"{file} is written.", err=True)


def _changed(
    project: Project,
    environment: str,
    images: dict[str, str],
    moves: dict[str, Move],
    conditions: rollouts.Conditions | None,
) -> dict[str, Service]:
    """Return the services that get another image or make a move; `conditions` are asked before a next step."""
    stepped = stepped_rollouts(project, environment) if environment in project.environments else {}
    there = rollouts.services(project.releases.get(environment))
    advancing = [name for name, move in moves.items() if move == "advance"]
    if conditions is not None and (open_ := rollouts.hindrances(there, advancing, stepped, conditions)):
        typer.echo("\n".join([*open_, "Wait, or say --confirm."]), err=True)
        raise typer.Exit(1)
    return rollouts.started(there, images, stepped) | rollouts.led(there, moves, stepped)


def _moves(advance: list[str], promote: list[str], abort: list[str]) -> dict[str, Move]:
    """Return by service how its rollout moves."""
    moves: list[tuple[str, Move]] = [
        *((name, "advance") for name in advance),
        *((name, "promote") for name in promote),
        *((name, "abort") for name in abort),
    ]
    if len(dict(moves)) < len(moves):
        raise typer.BadParameter("a rollout makes one move at a time.")
    return dict(moves)


def _written(before: str | None, application: str, environment: str, changed: dict[str, Service]) -> str:
    """Return the text of a release after services have changed."""
    images = {name: one.image for name, one in changed.items() if one.image is not None}
    text = released(before, application, environment, images)
    return with_rollouts(text, {name: one.rollout for name, one in changed.items()})


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
