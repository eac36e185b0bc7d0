"""What a shell offers for an option: the names that the files at hand have."""

from pathlib import Path
from typing import Any

import typer

from cli.surroundings import nearest_platform
from schemas.problems import Path as SpecPath
from schemas.problems import SpecError
from schemas.text.document import descend
from schemas.text.load import load


def environments(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the environments of the platform that is named or near."""
    try:
        platform = ctx.params.get("platform") or nearest_platform(_application(ctx))
    except SpecError:
        return []
    return _names(Path(platform), "platform", ("spec", "environments"), incomplete)


def services(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the services of the application that is named."""
    return _names(_application(ctx), "application", ("spec", "services"), incomplete)


def _application(ctx: typer.Context) -> Path:
    named: Any = ctx.params.get("application") or ctx.params.get("what") or ctx.params.get("file")
    return Path(named or "application.yaml")


def _names(file: Path, layer: str, path: SpecPath, incomplete: str) -> list[str]:
    """Return the keys of a mapping in a file; nothing of a file that cannot be read, for a shell cannot be told why."""
    try:
        found = descend(load(file, layer), path)
    except SpecError:
        return []
    return [name for name in (found.entries if found is not None else ()) if name.startswith(incomplete)]
