"""`stackwright status`: how far an application's rollouts have come, and what keeps them."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import completion, files, report, surroundings
from schemas.problems import DeployError
from schemas.resolve import resolve
from schemas.spec import Spec

if TYPE_CHECKING:
    from live.report import Report


class Format(StrEnum):
    """How the state is shown."""

    text = "text"
    json = "json"


def status(  # noqa: PLR0913, PLR0917 - typer has an option a parameter
    env: files.Environment,
    application: Annotated[
        Path | None, typer.Argument(help="The application file. Without it: the Pulumi project's.", show_default=False)
    ] = None,
    service: Annotated[
        str | None,
        typer.Option("--service", "-s", help="One service. Without it: all.", autocompletion=completion.services),
    ] = None,
    location: files.Location = None,
    platform: files.Platform = None,
    release: files.Release = [],  # noqa: B006 - typer's way to say "none"
    kubeconfig: Annotated[Path | None, typer.Option(help="A kubeconfig, instead of the ambient one.")] = None,
    context: Annotated[str | None, typer.Option(help="Its context, instead of the platform's.")] = None,
    form: Annotated[Format, typer.Option("--format", help="For a person or a program.")] = Format.text,
) -> None:
    """Say of each service how many pods serve, and of a pod that does not: why, and from which line of the spec.

    The exit code is 0 when everything that the spec wants serves, 1 when something does not, and 2 when the cluster
    can't be asked. No secret's value is shown, also not from a log.

    Example: stackwright status application.yaml --env prod
    """
    with report.told():
        spec = resolve(
            files.project(application or surroundings.project_application(), platform, release), env, location
        )
        names = _chosen(spec, service)
    try:
        found = _asked(spec, names, kubeconfig, context)
    except DeployError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    if form is Format.json:
        rows = [{"service": one.service, "done": one.done, "report": one.text} for one in found]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        for one in found:
            mark = typer.style("✓", "green") if one.done else typer.style("✗", "red")
            typer.echo(f"{mark} {one.text}")
    raise typer.Exit(0 if all(one.done for one in found) else 1)


def _chosen(spec: Spec, service: str | None) -> list[str]:
    names = sorted(one.name for _, one in spec.running())
    if service is None:
        return names
    if service not in names:
        typer.echo(spec.absence(service), err=True)
        raise typer.Exit(2)
    return [service]


def _asked(spec: Spec, names: list[str], kubeconfig: Path | None, context: str | None) -> "list[Report]":
    # A client of the cluster takes a while to load, and no other verb needs one.
    from live.access import Access, cluster  # noqa: PLC0415
    from live.report import reports  # noqa: PLC0415

    named = spec.environment.cluster
    access = Access(kubeconfig=kubeconfig, context=context or (named.context if named else None))
    with cluster(access) as client:
        return list(reports(client, spec, names))
