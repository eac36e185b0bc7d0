"""`stackwright validate`: everything that is wrong, at once."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli import files, inputs, report, surroundings
from cli.progress import watched
from schemas import alone
from schemas.estate import check
from schemas.examine import read
from schemas.problems import Path as Place
from schemas.problems import Problem, SpecError, in_order
from schemas.project import Project
from schemas.spec import Spec
from schemas.text.document import descend
from schemas.text.load import MAX_BYTES, load

STDIN = Path("-")


def validate(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Files, and folders to search for applications; `-` reads an application.", show_default=False
        ),
    ],
    platform: files.Platform = None,
    release: files.Release = [],  # noqa: B006 - typer's way to say "none"
    format: Annotated[report.Format, typer.Option(help="`text`, `json`, `sarif` or `github`.")] = report.Format.text,  # noqa: A002
    stdin_name: Annotated[
        Path, typer.Option(help="The file that `-` stands for: its folder is where its paths start.")
    ] = Path("application.yaml"),
    env: Annotated[str | None, typer.Option("--env", "-e", hidden=True)] = None,
) -> None:
    """Check files in every environment, and applications against each other.

    Exits with 1 when something is wrong; warnings exit with 0.

    Example: stackwright validate application.yaml, or stackwright validate . --format sarif
    """
    if env is not None:
        raise typer.BadParameter("every environment is checked at once, so leave it out.", param_hint="--env")
    named = inputs.found([path for path in paths if path != STDIN])
    with tempfile.TemporaryDirectory() as folder:
        unsaved: dict[Path, Path] = {}
        if STDIN in paths:
            unsaved[stdin_name] = Path(folder) / "stdin"
            unsaved[stdin_name].write_bytes(sys.stdin.buffer.read(MAX_BYTES + 1))
            named.applications = [file for file in named.applications if file.resolve() != stdin_name.resolve()]
            named.applications.append(stdin_name)
        problems = in_order(_problems(named, platform, release, unsaved))
    report.show(problems, format, counted=True)
    if not problems and format is report.Format.text:
        typer.echo(f"{_listed(named)}: nothing is wrong, in any environment.", err=True)
    raise typer.Exit(report.exit_code(problems))


def _of_objects(spec: Spec) -> list[Problem]:
    """Return what is wrong with the objects of a spec.

    The builders are loaded for a spec that leaves the language alone: they are a good part of the time that it takes to
    look at one file.
    """
    if not spec.application.leaves_the_language:
        return []
    from components.manifests.checked import beyond  # noqa: PLC0415

    return beyond(spec)


def _problems(
    named: inputs.Inputs, platform: Path | None, release: Sequence[Path], unsaved: dict[Path, Path]
) -> list[Problem]:
    problems = list(named.problems)
    today = datetime.now(UTC).date()
    for file in named.platforms:
        problems += alone.check(file, "platform", today)
    releases = _by_application([*release, *named.releases], named.applications)
    for file in releases.pop(None, []):
        problems += alone.check(file, "release", today)
    for file in named.plans:
        problems += alone.check(file, "plan", today)

    def projects() -> Iterator[Project]:
        for file in watched(named.applications, "checking"):
            if file not in unsaved and not file.is_file():
                problems.extend(alone.check(file, "application", today))
                continue
            try:
                yield read(
                    file,
                    _platform(file, platform, named),
                    releases.get(file, ()),
                    unsaved=unsaved.get(file),
                    beyond=_of_objects,
                )
            except SpecError as error:
                problems.extend(error.problems)

    return [*check(projects(), _of_objects), *problems]


def _platform(application: Path, given: Path | None, named: inputs.Inputs) -> Path:
    """Return the platform of an application: the one given, else the nearest, else the only one that was named."""
    try:
        return given or surroundings.nearest_platform(application)
    except SpecError:
        if len(named.platforms) == 1:
            return named.platforms[0]
        raise


def _by_application(releases: Sequence[Path], applications: Sequence[Path]) -> dict[Path | None, list[Path]]:
    """Return the releases of each application; those beside an application are read with it.

    With one application every release is taken for its own, so that a release of another one is told.
    """
    found: dict[Path | None, list[Path]] = {}
    names: dict[object, Path] = {}
    if releases and len(applications) > 1:
        names = {_word(file, ("metadata", "name")): file for file in reversed(applications)}
    beside = {(file.parent / "releases").resolve() for file in applications}
    for file in dict.fromkeys(releases):
        if file.resolve().parent in beside:
            continue
        owner = applications[0] if len(applications) == 1 else names.get(_word(file, ("metadata", "application")))
        found.setdefault(owner, []).append(file)
    return found


def _word(file: Path, path: Place) -> object:
    """Return the word at a path of a file, or nothing when the file cannot be read: its own check tells why."""
    try:
        found = descend(load(file, "release"), path)
    except SpecError:
        return None
    return found.value if found is not None else None


def _listed(named: inputs.Inputs) -> str:
    """Return the files as people say them: all of a few, the number of many."""
    checked = [*named.applications, *named.platforms, *named.releases, *named.plans]
    return ", ".join(map(str, checked)) if len(checked) <= 5 else f"{len(checked)} files"
