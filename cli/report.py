"""Showing problems: to a person, to a program, or to a pull request."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import typer

from schemas.problems import Problem, SpecError, errors_in, written


class Format(StrEnum):
    """How problems are shown."""

    text = "text"
    json = "json"
    github = "github"


def show(problems: Iterable[Problem], form: Format) -> None:
    """Print problems; as text they go to the error stream, with the line they stand on when that is a terminal."""
    found = list(problems)
    _FORMS[form](found)


@contextmanager
def told() -> Iterator[None]:
    """Turn problems into text and exit code 1."""
    try:
        yield
    except SpecError as error:
        show(error.problems, Format.text)
        raise typer.Exit(1) from None


def exit_code(problems: Iterable[Problem]) -> int:
    """Return 1 when one of the problems is an error."""
    return 1 if errors_in(problems) else 0


def _text(problems: list[Problem]) -> None:
    if not problems:
        return
    from rich.console import Console  # noqa: PLC0415 - who has nothing to show need not wait for it
    from rich.text import Text  # noqa: PLC0415

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for problem in problems:
        if not console.is_terminal:
            console.print(Text(str(problem)))
            continue
        colour = "red" if problem.severity == "error" else "yellow"
        where = f"{problem.origin.file}:{problem.origin.line}:{problem.origin.column}"
        console.print(Text(where, "bold"), Text(problem.severity, colour), Text(written(problem.origin.path), "cyan"))
        console.print(Text(f"  {problem.message} {problem.hint}".rstrip()), Text(f"[{problem.code}]", "dim"))
        if (line := _source(problem)) is not None:
            console.print(Text(f"  {problem.origin.line:>4} │ {line}", "dim"))
            console.print(Text(f"       │ {' ' * (problem.origin.column - 1)}^", colour))


def _source(problem: Problem) -> str | None:
    """Return the line that a problem stands on, unless it may hold a secret."""
    path = Path(problem.origin.file)
    if not problem.origin.line or "env" in problem.origin.path or not path.is_file():
        return None
    lines = path.read_text("utf-8", errors="replace").splitlines()
    return lines[problem.origin.line - 1] if problem.origin.line <= len(lines) else None


def _json(problems: list[Problem]) -> None:
    rows = [
        {
            "file": problem.origin.file,
            "line": problem.origin.line,
            "column": problem.origin.column,
            "path": written(problem.origin.path),
            "code": problem.code,
            "severity": problem.severity,
            "message": problem.message,
            "hint": problem.hint,
        }
        for problem in problems
    ]
    typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))


def _github(problems: list[Problem]) -> None:
    """Print workflow commands, which a pull request shows beside the lines.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    for problem in problems:
        text = f"{written(problem.origin.path)}: {problem.message} {problem.hint}".strip()
        escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        at = f"file={problem.origin.file},line={problem.origin.line},col={problem.origin.column},title={problem.code}"
        typer.echo(f"::{problem.severity} {at}::{escaped}")


_FORMS: dict[Format, Callable[[list[Problem]], None]] = {Format.text: _text, Format.json: _json, Format.github: _github}
