"""`stackwright schema`: the language for editors, and its reference for people."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from schemas.shape.grammar import Kind


class KindName(StrEnum):
    """The kinds of file."""

    application = "application"
    platform = "platform"
    release = "release"
    plan = "plan"


class Format(StrEnum):
    """What is written."""

    json = "json"
    markdown = "markdown"


def schema(
    kind: Annotated[KindName, typer.Argument(help="The kind of file.")] = KindName.application,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file, instead of stdout.", show_default=False)
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="A JSON Schema for editors, or the reference for people.")
    ] = Format.json,
) -> None:
    """Write the schema of a kind of file, complete in itself, for an editor that checks and completes while one types.

    Put `# yaml-language-server: $schema=application.schema.json` on the first line of the file it is for.

    Example: stackwright schema application -o application.schema.json
    """
    text = written(kind.value, form)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")


def written(kind: Kind, form: Format) -> str:
    """Return the schema of a kind of file in one of its forms."""
    if form is Format.markdown:
        from cli.verbs.schema.reference import reference  # noqa: PLC0415 - each form loads only what it needs

        return reference(kind)
    from cli.verbs.schema.bundle import bundle  # noqa: PLC0415

    return json.dumps(bundle(kind), indent=2, ensure_ascii=False) + "\n"
