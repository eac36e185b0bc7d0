"""`stackwright upgrade`: a file in today's language, or an application on a newer baseline."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import difference, files, report, surroundings
from cli.verbs.render import objects
from components.manifests.checked import check
from components.manifests.difference import Difference, differences
from schemas.language.upgrade import upgraded, with_baseline
from schemas.layers.baselines import baselines_of
from schemas.problems import Problem, SpecError, UnknownNameError, errors_in, in_order, listed, nearest_or_all, written
from schemas.project import Project
from schemas.resolve import resolve
from schemas.shape.conformance import layer_problems
from schemas.shape.grammar import Kind
from schemas.text.document import Node, origin_of, text
from schemas.text.load import load, parse

TO_WRITE = 3
"""The exit code of a command that showed what it would write."""

_KINDS: dict[Any, Kind] = {"Application": "application", "Platform": "platform", "Release": "release"}


def upgrade(
    file: Annotated[Path | None, typer.Argument(help="The file. Without it: the Pulumi project's application.")] = None,
    baseline: Annotated[
        str | None, typer.Option(help="A baseline of the platform for the application to take.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Change the file, instead of showing what would change.")
    ] = False,
    platform: files.Platform = None,
    release: files.Release = [],  # noqa: B006 - typer's way to say "none"
) -> None:
    """Rewrite a file of an older apiVersion, or show what another baseline changes. Comments and layout are kept.

    The exit code is 0 when the file is up to date or was written, 1 when something is wrong, 2 when there is no such
    baseline, and 3 when there is something to write and `--write` was not given.

    Example: stackwright upgrade application.yaml --write
    """
    with report.told():
        chosen = file or surroundings.project_application()
        if baseline is None:
            before = _source(chosen)
            after = upgraded(before)
            wrong: list[Problem] = [] if after == before else _problems_after(chosen, after)
        else:
            project = files.project(chosen, platform, release)
            before = _source(chosen)
            after = _rebased(project, before, baseline)
            wrong = _shown(project, _with_application(project, after))
    _told(chosen, before, after, wrong)
    if wrong and errors_in(wrong):
        raise typer.Exit(1)
    if after == before:
        raise typer.Exit(0)
    if not write:
        typer.echo(f"Run it with --write to change {chosen}.", err=True)
        raise typer.Exit(TO_WRITE)
    chosen.write_bytes(after.encode())
    typer.echo(f"{chosen} is written.", err=True)


def _source(file: Path) -> str:
    """Return the text of a file that reads as YAML.

    Raises:
        SpecError: it does not, or is no file of the language.

    """
    tree = load(file, "application")
    kind = tree.entries.get("kind")
    if kind is None or kind.value not in _KINDS:
        message = f"`kind` must be {listed(_KINDS)}."
        raise SpecError([Problem(origin=(kind or tree).origin, code="SW3502", message=message)])
    return file.read_bytes().decode()


def _problems_after(file: Path, after: str) -> list[Problem]:
    """Return what is still wrong with the shape of an upgraded file."""
    try:
        tree = parse(after, f"{file} (upgraded)", "application")
    except SpecError as error:
        return list(error.problems)
    return list(in_order(layer_problems(tree, _KINDS[text(tree, "kind")])))


def _rebased(project: Project, before: str, baseline: str) -> str:
    """Return the application's text on another baseline.

    Raises:
        UnknownNameError: the platform has no such baseline.

    """
    known = baselines_of(project.platform)
    if baseline not in known:
        near = nearest_or_all(baseline, known)
        origin = origin_of(project.platform, ("spec", "baselines"))
        message = f"the platform has no baseline `{baseline}`.{near}"
        raise UnknownNameError([Problem(origin=origin, code="SW3503", message=message)])
    return with_baseline(before, text(project.platform, "metadata", "name"), baseline)


def _with_application(project: Project, source: str) -> Project:
    tree: Node = parse(source, project.application.origin.file, "application")
    return replace(project, application=tree)


def _shown(before: Project, after: Project) -> list[Problem]:
    """Print what changes in the objects of each place, and return what is wrong on the other baseline."""
    problems = list(check(after))
    if errors_in(problems):
        return problems
    found: dict[tuple[str, ...], list[str]] = {}
    for environment, location in before.places:
        old, new = (objects(resolve(project, environment, location)) for project in (before, after))
        place = environment if location is None else f"{environment} ({location})"
        found.setdefault(tuple(_sentences(differences(old, new))), []).append(place)
    for sentences, places in found.items():
        typer.echo(f"{', '.join(places)}: {'nothing changes' if not sentences else ''}".rstrip())
        for sentence in sentences:
            typer.echo(f"  {sentence}")
    return problems


def _sentences(found: list[Difference]) -> list[str]:
    """Return differences as sentences: what several objects have alike once, with the objects under it."""
    objects_of: dict[str, list[str]] = {}
    for one in found:
        objects_of.setdefault(_sentence(one), []).append(f"{one.kind} {one.name}")
    return [f"{sentence}\n      {', '.join(names)}" for sentence, names in objects_of.items()]


def _sentence(one: Difference) -> str:
    if not one.path:
        return "a new object" if one.before is None else "no such object any more"
    if one.before is None:
        return f"{written(one.path)}: {_value(one.after)} added"
    if one.after is None:
        return f"{written(one.path)}: {_value(one.before)} removed"
    return f"{written(one.path)}: {_value(one.before)} → {_value(one.after)}"


def _value(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 100 else f"{shown[:99]}…"


def _told(file: Path, before: str, after: str, wrong: list[Problem]) -> None:
    """Print the difference between two texts, and what is wrong with the second."""
    difference.show(file, before, after)
    if before == after and not wrong:
        typer.echo(f"{file} is up to date.", err=True)
    report.show(wrong, report.Format.text)
