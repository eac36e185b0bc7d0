"""`stackwright show`: the spec of one environment in its long form."""

import typer

from cli import files, report
from schemas.document import plain
from schemas.resolve import resolve
from schemas.yaml_text import yaml_text


def show(
    application: files.Application,
    env: files.Environment,
    location: files.Location = None,
    platform: files.Platform = None,
    release: files.Release = [],  # noqa: B006 - typer's way to say "none"
) -> None:
    """Print the spec of one environment: every layer merged, short forms written out, defaults filled in.

    Example: stackwright show application.yaml --env prod
    """
    with report.told():
        spec = resolve(files.project(application, platform, release), env, location)
    typer.echo(yaml_text(plain(spec.tree)), nl=False)
