"""The page of a code, for a terminal, a pipe or a program."""

import json
import sys

import typer

from schemas.codes import File, Page, near, page


def told(code: str, *, as_json: bool) -> None:
    """Print the page of a code; one that does not exist exits with 2 and the nearest there is."""
    name = code.upper() if code[:2].isalpha() else f"SW{code}"
    try:
        found = page(name)
    except KeyError:
        typer.echo(f"There is no code `{code}`.{near(name)} docs/problems.md lists them all.", err=True)
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(json.dumps(_row(found), indent=2, ensure_ascii=False))
    elif sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415 - a pipe need not wait for it
        from rich.markdown import Markdown  # noqa: PLC0415

        console = Console()
        console.print(Markdown(found.text), width=min(console.width, 120))
    else:
        typer.echo(found.text, nl=False)


def _row(page: Page) -> dict[str, object]:
    return {
        "code": page.code,
        "title": page.title,
        "text": page.prose,
        "wrong": [_files(example) for example in page.wrong],
        "right": [_files(example) for example in page.right],
    }


def _files(example: tuple[File, ...]) -> dict[str, str]:
    return {file.name: file.text for file in example}
