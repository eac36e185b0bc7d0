"""`stackwright show`: the spec of one environment in its long form."""

from collections.abc import Iterator
from typing import Annotated

import typer

from cli import files, newer, report
from schemas.resolve import resolve
from schemas.text.document import Node, plain
from schemas.text.yaml_text import yaml_text


def show(
    application: files.Application,
    env: files.Environment,
    location: files.Location = None,
    platform: files.Platform = None,
    release: files.Release = [],  # noqa: B006 - typer's way to say "none"
    origin: Annotated[bool, typer.Option("--origin", help="Say behind each value where it comes from.")] = False,
) -> None:
    """Print the spec of one environment: every layer merged, short forms written out, defaults filled in.

    Example: stackwright show application.yaml --env prod
    """
    with report.told():
        project = files.project(application, platform, release)
        spec = resolve(project, env, location)
    typer.echo("".join(_with_origins(spec.tree)) if origin else yaml_text(plain(spec.tree)), nl=False)
    newer.mention(project, application)


def _with_origins(node: Node, indent: str = "") -> Iterator[str]:
    """Yield the long form with the layer and line of each value behind it; a list counts as one value."""
    for key, child in node.entries.items():
        if child.entries:
            name, _, _ = yaml_text({key: 0}).rpartition(":")
            yield f"{indent}{name}:\n"
            yield from _with_origins(child, f"{indent}  ")
            continue
        first, *more = yaml_text({key: plain(child)}).splitlines()
        place = f", {child.origin.file}:{child.origin.line}" if child.origin.line else ""
        yield f"{indent}{first}  # {child.origin.layer}{place}\n"
        yield from (f"{indent}{line}\n" if line else "\n" for line in more)
