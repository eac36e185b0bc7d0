"""`stackwright schema`: the JSON Schemas, for editors."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from schemas import grammar


class Kind(StrEnum):
    """The kinds of file."""

    application = "application"
    platform = "platform"
    release = "release"


def schema(kind: Annotated[Kind, typer.Argument(help="The kind of file.")] = Kind.application) -> None:
    """Print the JSON Schema of one kind of file. Editors take it from a `# yaml-language-server: $schema=` line."""
    typer.echo(json.dumps(grammar.schema(kind.value), indent=2, ensure_ascii=False))
