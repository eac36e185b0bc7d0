"""Showing how a command changes a file."""

import difflib
from pathlib import Path

import typer


def show(file: Path, before: str, after: str) -> None:
    """Print the difference between two texts of a file, as `diff -u` does."""
    lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), str(file), str(file))
    typer.echo("".join(line if line.endswith("\n") else f"{line}\n" for line in lines), nl=False)
