"""`stackwright init`: a first application, checked before it is written."""

from pathlib import Path
from typing import Annotated

import typer

from cli import report
from cli.verbs.init.answers import Answers, answered
from cli.verbs.init.texts import texts
from cli.verbs.init.writing import written


def init(  # noqa: PLR0913, PLR0917 - typer has an option a parameter
    folder: Annotated[Path, typer.Argument(help="Where to write it.")] = Path(),
    name: Annotated[
        str | None, typer.Option(help="The application's name. Without it: the folder's.", show_default=False)
    ] = None,
    owner: Annotated[
        str | None, typer.Option(help="The team that answers for it. Without it: `team`.", show_default=False)
    ] = None,
    service: Annotated[
        str | None, typer.Option(help="The first service's name. Without it: `web`.", show_default=False)
    ] = None,
    image: Annotated[str | None, typer.Option(help="The image it runs.", show_default=False)] = None,
    build: Annotated[
        str | None, typer.Option(help="Or the folder that is built, from the application file.", show_default=False)
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="The port it listens on. Without it: a worker.", show_default=False)
    ] = None,
    env: Annotated[
        str | None, typer.Option(help="Environments, with commas between them. Without it: `dev,prod`.")
    ] = None,
    pulumi: Annotated[bool, typer.Option("--pulumi", help="Write a Pulumi project too, for `pulumi up`.")] = False,
) -> None:
    """Write a first application, and a small platform when none is near. Never overwrites a file.

    On a terminal it asks for what no option says. What it writes has passed `validate`.

    Example: stackwright init --name shop --service web --image ghcr.io/acme/web:1.4 --port 8080 --env dev,prod
    """
    given = Answers(folder, name, owner, service, image, build, port, env.split(",") if env else None, pulumi)
    known = answered(given)
    with report.told():
        files = written(folder, texts(known, folder))
    for file in files:
        typer.echo(f"wrote {file}")
    application = folder / "application.yaml"
    typer.echo(f"Next: stackwright validate {application}")
    if pulumi:
        typer.echo(f"Then: pulumi stack init {known.environments[0]} && pulumi up")
