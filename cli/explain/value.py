"""What a value of a spec is, where it comes from, and why."""

from pathlib import Path as FilePath

import typer

from cli import files, report
from schemas.document import Node, leaves
from schemas.grammar import Grammar, grammar
from schemas.problems import Path, nearest, written
from schemas.resolve import resolve


def told_value(application: FilePath, path: str, env: str, location: str | None, platform: FilePath | None) -> None:
    """Print every value of a part of the spec with the layer and line it comes from; for a default, its reason."""
    with report.told():
        spec = resolve(files.project(application, platform, []), env, location)
    wanted = path.removeprefix("spec.").strip(".")
    known = {written(at): (at, node) for at, node in leaves(spec.tree)}
    found = [
        known[name] for name in known if name == wanted or name.startswith((f"{wanted}.", f"{wanted}[")) or not wanted
    ]
    if not found:
        typer.echo(f"`{path}` has no value in `{env}`.{nearest(wanted, known)}", err=True)
        raise typer.Exit(1)
    for at, node in found:
        typer.echo(f"{written(at)}: {node.value if node.value not in ({}, ()) else '{}'}\n    {_told(at, node)}")


def _told(path: Path, node: Node) -> str:
    """Return where a value comes from, and for a built-in default why it is what it is."""
    place = _grammar(path)
    meaning = f" {place.word('description')}" if place is not None else ""
    if node.origin.line:
        return f"{node.origin.file}:{node.origin.line} ({node.origin.layer}).{meaning}"
    reason = place.word("x-reason") if place is not None else ""
    return f"{node.origin.layer}. {reason}{meaning}".strip()


def _grammar(path: Path) -> Grammar | None:
    place: Grammar | None = grammar("application", "Overlay")
    for part in path:
        if place is None:
            return None
        place = place.child(part) if isinstance(part, str) else place.item()
    return place
