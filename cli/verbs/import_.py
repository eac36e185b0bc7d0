"""`stackwright import`: Kubernetes manifests or compose files as a spec."""

from pathlib import Path
from typing import Annotated

import typer

from cli import report
from importers.reading import imported
from importers.writing import spec_text


def run(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Manifests or compose files, or folders.", show_default=False),
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="The application's name. Without it: the namespace's, or the folder's.")
    ] = None,
    owner: Annotated[str, typer.Option("--owner", help="The team that answers for it.")] = "unknown",
) -> None:
    """Print a spec that says what manifests or a compose file say; what it says otherwise is listed on stderr.

    Example: stackwright import manifests.yaml > application.yaml
    """
    with report.told():
        found = imported(files, name, owner)
    typer.echo(spec_text(found, [str(file) for file in files]), nl=False)
    report.show(found.notes, report.Format.text)
