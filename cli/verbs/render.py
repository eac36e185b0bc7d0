"""`stackwright render`: the Kubernetes objects, without a cluster, an engine or Docker."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli import files, report
from components.manifests.checked import checked
from components.manifests.objects import Manifest
from components.manifests.offline import offline_objects
from schemas.problems import Origin, Problem, SpecError
from schemas.resolve import resolve
from schemas.spec import Spec
from schemas.text.yaml_text import yaml_documents, yaml_text


class Format(StrEnum):
    """What an application is rendered for."""

    kubernetes = "kubernetes"
    compose = "compose"


def render(
    application: files.Application,
    env: Annotated[str | None, typer.Option("--env", "-e", help="The environment. Without it: all.")] = None,
    location: files.Location = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A folder, instead of stdout.")] = None,
    platform: files.Platform = None,
    release: files.Release = [],  # noqa: B006 - typer's way to say "none"
    format: Annotated[Format, typer.Option(help="`kubernetes` or, for a laptop, `compose`.")] = Format.kubernetes,  # noqa: A002
) -> None:
    """Print the objects of one environment or all, or write a file for each. Equal specs give equal bytes.

    Example: stackwright render application.yaml --env prod -o manifests
    """
    if format is Format.compose:
        with report.told():
            spec = resolve(files.project(application, platform, release), _one(application, env), location)
        _compose(spec, output)
        return
    with report.told():
        project = files.project(application, platform, release)
        specs = [checked(resolve(project, name, location)) for name in ([env] if env else project.environments)]
    if output is None:
        typer.echo(yaml_documents([one for spec in specs for one in objects(spec)]), nl=False)
        return
    for spec in specs:
        folder = output / spec.environment.name
        folder.mkdir(parents=True, exist_ok=True)
        for one in objects(spec):
            (folder / f"{one['kind'].lower()}-{one['metadata']['name']}.yaml").write_text(yaml_text(one), "utf-8")


def _one(application: Path, env: str | None) -> str:
    """Return the environment of a compose file, which is of one."""
    if env is None:
        origin = Origin(file=str(application), line=0, column=0, path=(), layer="application")
        message = "a compose file is of one environment."
        raise SpecError([Problem(origin=origin, code="SW7113", message=message, hint="Name it with --env.")])
    return env


def _compose(spec: Spec, output: Path | None) -> None:
    """Print a compose file, or write it; what it does not say goes to the error stream."""
    from components.compose import compose_file  # noqa: PLC0415 - only for this format

    found = compose_file(spec, output or Path())
    text = yaml_text(found.content)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.mkdir(parents=True, exist_ok=True)
        (output / "compose.yaml").write_text(text, "utf-8")
    report.show(found.notes, report.Format.text)


def objects(spec: Spec) -> list[Manifest]:
    """Return the objects of a spec, with words where a value is known only at deployment."""
    return offline_objects(spec)
