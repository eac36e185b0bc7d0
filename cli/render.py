"""`stackwright render`: the Kubernetes objects, without a cluster, an engine or Docker."""

from pathlib import Path
from typing import Annotated

import typer

from cli import files, report
from components.manifests.checked import checked
from components.manifests.objects import Manifest
from components.manifests.offline import offline_objects
from schemas.resolve import resolve
from schemas.spec import Spec
from schemas.yaml_text import yaml_documents, yaml_text


def render(
    application: files.Application,
    env: Annotated[str | None, typer.Option("--env", "-e", help="The environment. Without it: all.")] = None,
    location: files.Location = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A folder, instead of stdout.")] = None,
    platform: files.Platform = None,
    release: files.Release = [],  # noqa: B006 - typer's way to say "none"
) -> None:
    """Print the objects of one environment or all, or write a file for each. Equal specs give equal bytes."""
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


def objects(spec: Spec) -> list[Manifest]:
    """Return the objects of a spec, with words where a value is known only at deployment."""
    return offline_objects(spec)
