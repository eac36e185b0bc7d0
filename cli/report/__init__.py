"""Showing problems: to a person, to a program, or to a pull request."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum

import typer

from schemas.problems import Problem, SpecError, UnknownNameError, errors_in


class Format(StrEnum):
    """How problems are shown."""

    text = "text"
    json = "json"
    sarif = "sarif"
    github = "github"


def show(problems: Iterable[Problem], form: Format, *, counted: bool = False) -> None:
    """Print problems; as text they go to the error stream, with the lines they stand on when that is a terminal.

    With `counted`, what a terminal shows ends with how many there are. Each format is loaded when it is used.
    """
    found = list(problems)
    if form is Format.text:
        if found:
            from cli.report.text import show_text  # noqa: PLC0415

            show_text(found, counted=counted)
        return
    from cli.report import machine, sarif  # noqa: PLC0415

    written = {Format.json: machine.as_json, Format.github: machine.as_github, Format.sarif: sarif.as_sarif}[form]
    typer.echo(written(found), nl=False)


@contextmanager
def told() -> Iterator[None]:
    """Turn problems into text and exit code 1, or 2 when what was asked for is not there."""
    try:
        yield
    except SpecError as error:
        show(error.problems, Format.text)
        raise typer.Exit(2 if isinstance(error, UnknownNameError) else 1) from None


def exit_code(problems: Iterable[Problem]) -> int:
    """Return 1 when one of the problems is an error."""
    return 1 if errors_in(problems) else 0
