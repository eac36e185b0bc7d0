"""`stackwright forecast`: a plan of capacity from a history, or the reason why there is none."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import files, report
from cli.capacity import options
from cli.capacity.service import Scaled, environment_of, scaled, without_plans
from cli.progress import watched
from schemas.problems import Origin, Problem, SpecError, listed
from schemas.project import Project

if TYPE_CHECKING:
    from cli.capacity.planned import Planned
    from forecast.owner import Owner


class Format(StrEnum):
    """How the result is shown."""

    text = "text"
    json = "json"
    html = "html"


_OF_ONE_PLAN = (
    *("env", "capacity", "target", "start_seconds", "time_zone"),
    *("price", "prometheus", "query", "weeks", "cpu_query", "form", "picture"),
)
"""Options that say nothing where a folder is renewed: its plans say most of it themselves."""


def forecast(  # noqa: PLR0913 - each is an option of the command line
    context: typer.Context,
    application: files.Application,
    *,
    service: options.SomeService = None,
    history: options.HistoryFile = None,
    output: options.PlanFile = None,
    picture: options.Picture = None,
    env: files.SomeEnvironment = None,
    capacity: options.Capacity = None,
    target: options.Target = None,
    start_seconds: options.StartSeconds = 60.0,
    objective: options.Objective = 99.99,
    budget: options.Budget = 50.0,
    time_zone: options.TimeZone = "UTC",
    scale: options.Scale = 1.0,
    price: options.Price = None,
    prometheus: options.Prometheus = None,
    query: options.Query = None,
    weeks: options.Weeks = 4.0,
    rates: options.Rates = False,
    cpu_query: options.CpuQuery = None,
    columns: options.Columns = None,
    form: Annotated[Format, typer.Option("--format", help="`text`, `json` or `html`.")] = Format.text,
    platform: files.Platform = None,
) -> None:
    """Make a plan: how many replicas a service has at least in each quarter of an hour of the week.

    Models are tried on the weeks that were, each foreseen from those before it, and judged by the requests that would
    have found no room and by the pod-hours. The plan is a floor under the autoscaler, which stays. Where a plan would
    do no good, none is made and the reason is told; the exit code is 1 then. Without --service every plan in a folder
    is renewed from the history of its service; for a week the choice of a backtest is kept.

    Example: stackwright forecast application.yaml --service web --history requests.csv --capacity 50 -o plans/web.yaml
    """
    with report.told():
        project = without_plans(files.project(application, platform, []))
        _check_installed(draws=picture is not None or form is Format.html)
        source = options.Source(history, prometheus, query, weeks, time_zone, columns, rates, cpu_query)
        asked = options.Asked(target, start_seconds, objective, budget, time_zone)
        if service is None:
            raise typer.Exit(_renewed(context, project, source, output, asked, scale))
        found = scaled(project, environment_of(project, env), service)
        result = _planned(found, source, asked, capacity, scale, _owner(project, found, time_zone))
    typer.echo(_shown(result, form, price), nl=False)
    _write(result, output, picture)


def _check_renewing(context: typer.Context) -> None:
    """Refuse the options of one plan where many are renewed.

    Raises:
        BadParameter: one of them was given.

    """
    of_one = [one for one in context.command.params if one.name in _OF_ONE_PLAN]
    sources = {one.opts[0]: context.get_parameter_source(str(one.name)) for one in of_one}
    given = [option for option, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    if given:
        message = f"a plan that is renewed stays as its file says: name a --service, or leave out {', '.join(given)}."
        raise typer.BadParameter(message)


def _write(result: "Planned", output: Path | None, picture: Path | None) -> None:
    """Write the plan's file and its picture, where they are asked for."""
    if output is not None:
        is_first = not output.exists()
        _keep(output, result.text.encode())
        if is_first:
            service = f"environments.{result.plan.environment}.services.{result.plan.service}"
            typer.echo(f"Name it in the spec, from its folder: `{service}: {{scaling: {{plan: {output}}}}}`.", err=True)
    if picture is not None:
        from cli.capacity.picture import drawn  # noqa: PLC0415 - most plans are made without

        _keep(picture, drawn(result, picture.suffix[1:].lower()))


def _keep(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    typer.echo(f"{file} is written.", err=True)


def _renewed(
    context: typer.Context,
    project: Project,
    source: options.Source,
    plans: Path | None,
    asked: options.Asked,
    scale: float,
) -> int:
    """Renew every plan of a folder and return the exit code; a history is a file named for its service."""
    _check_renewing(context)
    histories = source.file
    if histories is None or plans is None:
        raise typer.BadParameter("name a --service, or folders of histories and plans with --history and --output.")
    for option, folder in (("--history", histories), ("--output", plans)):
        if not folder.is_dir():
            raise typer.BadParameter(f"{folder} is no folder. Name one, or a --service.", param_hint=option)
    from cli.capacity import again  # noqa: PLC0415 - the models take a second or two to load

    jobs, problems = again.jobs(project, histories, plans, source, asked, scale)
    for job, result in again.all_done(jobs) if jobs else ():
        if isinstance(result, again.Renewed):
            for warning in result.warnings:
                typer.echo(f"{job.source.file}: beware: {warning}", err=True)
            _keep(job.file, result.text.encode())
        else:
            problems += result
    report.show(problems, report.Format.text)
    return report.exit_code(problems)


def _planned(
    found: Scaled, source: options.Source, asked: options.Asked, given: float | None, scale: float, owner: "Owner"
) -> "Planned":
    from cli.capacity.holder import form  # noqa: PLC0415 - a help needs none of it
    from cli.capacity.measuring import capacities  # noqa: PLC0415
    from cli.capacity.planned import planned  # noqa: PLC0415 - the models take a second or two to load

    told = source.history()
    capacity = capacities({"": found}, given, source, told)[""]
    wish = asked.wish(found, capacity.rate)
    result = planned(told.scaled(scale), wish, owner, lambda choices: watched(choices, "trying"))
    return replace(result, capacity=capacity, form=form(result.plan, found.scaling, found.spec.environment))


def _owner(project: Project, found: Scaled, time_zone: str) -> "Owner":
    from forecast.owner import Owner  # noqa: PLC0415 - a help needs none of it

    return Owner(
        application=project.name,
        service=found.service.name,
        environment=found.spec.environment.name,
        time_zone=time_zone,
        today=datetime.now(UTC).date(),
    )


def _shown(result: "Planned", form: Format, price: float | None) -> str:
    from cli.capacity import planned  # noqa: PLC0415 - loaded with the models

    if form is Format.html:
        from cli.capacity.page import as_html  # noqa: PLC0415 - it loads what draws

        return as_html(result, price)
    return (
        json.dumps(planned.as_json(result, price), indent=2) + "\n"
        if form is Format.json
        else planned.as_text(result, price)
    )


def _check_installed(*, draws: bool) -> None:
    """Look for what makes plans and, where a picture is asked for, draws them.

    Raises:
        SpecError: something of it is not installed.

    """
    libraries = ["statsforecast", *(["matplotlib"] if draws else [])]
    if missing := [one for one in libraries if find_spec(one) is None]:
        origin = Origin(file="stackwright", line=0, column=0, path=(), layer="history")
        message = f"this needs {listed(missing, 'and')}, which {'is' if len(missing) == 1 else 'are'} not installed."
        hint = "Install `stackwright[forecast]`."
        raise SpecError([Problem(origin=origin, code="SW9109", message=message, hint=hint)])
