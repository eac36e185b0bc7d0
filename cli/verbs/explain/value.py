"""What a value of a spec is, where it comes from, why, and where it goes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path as FilePath

import typer

from cli import files, newer, report
from cli.verbs.explain.columns import columns
from cli.verbs.explain.facts import Facts, facts, row, shown
from cli.verbs.explain.overview import overview
from cli.verbs.explain.plan import planned
from cli.verbs.explain.reach import reached
from cli.verbs.explain.schedules import schedules
from components.manifests.difference import Difference
from schemas.layers.provenance import place_of
from schemas.layers.stack import Layers
from schemas.problems import Path, nearest, written
from schemas.project import Project
from schemas.resolve import resolve
from schemas.spec import Spec
from schemas.text.document import Node, descend, leaves, plain


def told_value(
    application: FilePath, path: str, env: str, location: str | None, platform: FilePath | None, *, as_json: bool
) -> None:
    """Print one value with all that is known of it, a part with its values in a table, or the whole spec in short."""
    with report.told():
        project = files.project(application, platform, [])
        spec = resolve(project, env, location)
    wanted = "" if path == "spec" else path.removeprefix("spec.")
    if not wanted and not as_json:
        typer.echo("\n".join(overview(spec)))
        newer.mention(project, application)
        return
    at = _path(spec.tree, wanted)
    if at is None:
        _exit_unknown(spec, wanted, "spec." if path.startswith("spec.") else "")
        return
    node = descend(spec.tree, at)
    if node is not None and isinstance(node.value, dict) and node.value:
        _tell_part(project, spec, at, node, as_json=as_json)
        return
    one = _facts(project, spec, at)
    one = replace(one, reaches=reached(project, spec, at) if node is not None else ())
    plan = planned(spec, at)
    if as_json:
        typer.echo(json.dumps(row(one) | (plan.row if plan is not None else {}), indent=2, ensure_ascii=False))
        return
    typer.echo("\n".join([*_lines(one, spec), *(plan.lines if plan is not None else ())]))


def _tell_part(project: Project, spec: Spec, at: Path, node: Node, *, as_json: bool) -> None:
    """Print the values of a part; behind those of an autoscaler, the week that its schedules and its plan make."""
    rows = [_facts(project, spec, (*at, *below)) for below, _ in leaves(node)]
    found, plan = schedules(spec, at), planned(spec, at)
    if as_json:
        whole = [row(_facts(project, spec, found.path)) | {"week": found.rows}] if found is not None else []
        whole += [row(_facts(project, spec, plan.path)) | plan.row] if plan is not None else []
        typer.echo(json.dumps([*map(row, rows), *whole], indent=2, ensure_ascii=False))
        return
    more = [line for one in (found, plan) if one is not None for line in one.lines]
    typer.echo("\n".join([_table(rows), *more]))


def _facts(project: Project, spec: Spec, path: Path) -> Facts:
    environment, location = spec.environment.name, spec.application.location
    return facts(Layers(project), environment, location, path, descend(spec.tree, path))


def _path(tree: Node, wanted: str) -> Path | None:
    """Return the path that is written so: of what is in the spec, or of a field that could be."""
    if not wanted:
        return ()
    known: dict[str, Path] = {}
    for at, _ in leaves(tree):
        for length in range(1, len(at) + 1):
            known.setdefault(written(at[:length]), at[:length])
    if wanted in known:
        return known[wanted]
    head, _, last = wanted.rpartition(".")
    parent = known.get(head)
    while head and parent is None:
        head, _, more = head.rpartition(".")
        last, parent = f"{more}.{last}", known.get(head)
    if parent is None:
        return None
    at = (*parent, *last.split("."))
    place = place_of(parent)
    for part in last.split("."):
        place = place.properties.get(part) if place is not None else None
    return at if place is not None else None


def _exit_unknown(spec: Spec, wanted: str, prefix: str) -> None:
    """Say that there is no such path, and which one was meant, written as it was typed: with `spec.` or without."""
    known: dict[str, Path] = {}
    for at, _ in leaves(spec.tree):
        known |= {written(at[:length]): at[:length] for length in range(1, len(at) + 1)}
    head, _, _ = wanted.rpartition(".")
    place = place_of(known[head]) if head in known else None
    fields = [f"{head}.{key}" for key in place.properties] if place is not None else []
    near = nearest(wanted, [*known, *fields]).replace("`", f"`{prefix}", 1)
    typer.echo(f"`{prefix}{wanted}` is not in this spec, and no field could be there.{near}", err=True)
    raise typer.Exit(2)


def _lines(one: Facts, spec: Spec) -> Iterator[str]:
    where = f"{spec.environment.name}{f', {spec.application.location}' if spec.application.location else ''}"
    value = shown(plain(one.node)) if one.node is not None else "not set"
    yield f"{typer.style(f'spec.{written(one.path)}', bold=True)}: {value}  (in {where})"
    if one.meaning:
        yield f"  {one.meaning}"
    yield ""
    if one.allowed:
        yield _labelled("allowed", one.allowed)
    yield _labelled("default", f"{one.default}. {one.reason}" if one.default else "none")
    yield from _layers(one)
    yield from _reaches(one.reaches)


def _labelled(label: str, text: str) -> str:
    return f"  {typer.style(f'{label:<8}', dim=True)} {text}"


def _layers(one: Facts) -> Iterator[str]:
    """Yield what each layer says, lowest first, and mark the one that counts."""
    rows = [["built-in default", "", one.default, ""]] if one.default else []
    for said in one.layers:
        does = {"sets": shown(plain(said.node)), "removes": "removed by null", "drops": f"dropped by {said.chosen}"}
        counts = said.how == "sets" and one.node is not None and said.origin == one.node.origin
        rows.append([said.origin.layer, f"{said.origin.file}:{said.origin.line}", does[said.how], "counts" * counts])
    if one.node is not None and not any(counts for *_, counts in rows):
        if one.default and not one.node.origin.line:
            rows[0][3] = "counts"
        else:
            origin = one.node.origin
            place = f"{origin.file}:{origin.line}" if origin.line else ""
            rows.append([origin.layer, place, shown(plain(one.node)), "counts"])
    for number, line in enumerate(columns(rows)):
        yield _labelled("" if number else "layers", line)


def _reaches(found: Sequence[Difference]) -> Iterator[str]:
    rows = []
    last: tuple[str, str] | None = None
    for one in found:
        name = f"{one.kind} {one.name}" if (one.kind, one.name) != last else ""
        last = (one.kind, one.name)
        whole = "the whole object" if not one.path else written([str(part) for part in one.path])
        rows.append([name, whole])
    for number, line in enumerate(columns(rows[:_MOST])):
        yield _labelled("" if number else "reaches", line)
    if len(rows) > _MOST:
        yield _labelled("", f"and {len(rows) - _MOST} more")
    if not rows:
        yield _labelled("reaches", "no object here")


_MOST = 24


def _table(rows: Sequence[Facts]) -> str:
    cells = []
    for one in rows:
        assert one.node is not None  # noqa: S101 - these are leaves of the tree
        origin = one.node.origin
        place = f"{origin.file}:{origin.line}" if origin.line else ""
        cells.append([f"spec.{written(one.path)}", _short(shown(plain(one.node))), origin.layer, place])
    return "\n".join(columns(cells))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
