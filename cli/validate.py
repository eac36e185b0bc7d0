"""`stackwright validate`: everything that is wrong, at once."""

from pathlib import Path
from typing import Annotated

import typer

from cli import files, report
from components.manifests.checked import check
from schemas.problems import Problem, SpecError, in_order


def validate(
    applications: Annotated[list[Path], typer.Argument(help="Application files.", show_default=False)],
    platform: files.Platform = None,
    release: files.Release = [],  # noqa: B006 - typer's way to say "none"
    format: Annotated[report.Format, typer.Option(help="`text`, `json` or `github`.")] = report.Format.text,  # noqa: A002
) -> None:
    """Check application files in every environment. Exits with 1 when something is wrong; warnings exit with 0."""
    found: list[Problem] = []
    for application in applications:
        try:
            found.extend(check(files.project(application, platform, release)))
        except SpecError as error:
            found.extend(error.problems)
    problems = in_order(found)
    report.show(problems, format)
    if not problems and format is report.Format.text:
        typer.echo(f"{', '.join(map(str, applications))}: nothing is wrong, in any environment.", err=True)
    raise typer.Exit(report.exit_code(problems))
