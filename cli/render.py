"""`stackwright render`: the Kubernetes objects, without a cluster, an engine or Docker."""

from pathlib import Path
from typing import Annotated

import typer

from cli import files, report
from components.manifests import application_objects
from components.manifests.objects import Manifest
from schemas.resolve import resolve
from schemas.spec import Spec
from schemas.yaml_text import yaml_documents, yaml_text

FROM_CONFIG = "from Pulumi config"
"""What stands for a secret's value, which is never in a file."""


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
        specs = [resolve(project, name, location) for name in ([env] if env else project.environments)]
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
    app = spec.application
    images = {name: _image(spec, name) for name in app.services}
    data = {name: dict.fromkeys(secret.keys, FROM_CONFIG) for name, secret in app.secrets.items()}
    digests = {name: FROM_CONFIG for name, secret in app.secrets.items() if secret.on_change == "restart"}
    return application_objects(app, spec.environment, images, data, digests)


def _image(spec: Spec, name: str) -> str:
    """Return a service's image; one that is built has its place and no digest yet."""
    service = spec.application.services[name]
    if service.build is None:
        return spec.image(service)
    return f"{spec.environment.registry.address}/{spec.application.name}/{name}:{spec.application.environment}"
