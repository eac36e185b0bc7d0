"""`stackwright forecast`: a plan of capacity from a history, or the reason why there is none."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from cli import files, report
from cli.capacity import options
from cli.capacity.service import Scaled, environment_of, scaled
from cli.progress import watched
from schemas.problems import Origin, Problem, SpecError
from schemas.project import Project

if TYPE_CHECKING:
    from cli.capacity.planned import Planned
    from forecast.owner import Owner


class Format(StrEnum):
    """How the result is shown."""

    text = "text"
    json = "json"
    html = "html"


def forecast(  # noqa: PLR0913 - each is an option of the command line
    application: files.Application,
    *,
    service: options.Service,
    history: options.HistoryFile = None,
    output: options.PlanFile = None,
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
    columns: options.Columns = None,
    form: Annotated[Format, typer.Option("--format", help="`text`, `json` or `html`.")] = Format.text,
    platform: files.Platform = None,
) -> None:
    """Make a plan: how many replicas a service has at least in each quarter of an hour of the week.

    Models are tried on the weeks that were, each foreseen from those before it, and judged by the requests that would
    have found no room and by the pod-hours. The plan is a floor under the autoscaler, which stays. Where a plan would
    do no good, none is made and the reason is told; the exit code is 1 then.

    Example: stackwright forecast application.yaml --service web --history requests.csv --capacity 50 -o plans/web.yaml
    """
    with report.told():
        project = files.project(application, platform, [])
        found = scaled(project, environment_of(project, env), service)
        asked = options.Asked(options.needed(found, capacity), target, start_seconds, objective, budget, time_zone)
        source = options.Source(history, prometheus, query, weeks, time_zone, columns, rates)
        result = _planned(found, source, asked, _owner(project, found, time_zone, scale))
    typer.echo(_shown(result, form, price), nl=False)
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(result.text, "utf-8")
        typer.echo(f"{output} is written.", err=True)


def _planned(found: Scaled, source: options.Source, asked: options.Asked, owner: "Owner") -> "Planned":
    if find_spec("statsforecast") is None:
        raise SpecError([_no_models()])
    wish = asked.wish(found)
    told = source.history()
    from cli.capacity.planned import planned  # noqa: PLC0415 - the models take a second or two to load

    return planned(told, wish, owner, lambda choices: watched(choices, "trying"))


def _owner(project: Project, found: Scaled, time_zone: str, scale: float) -> "Owner":
    from forecast.owner import Owner  # noqa: PLC0415 - a help needs none of it

    return Owner(
        application=project.name,
        service=found.service.name,
        environment=found.spec.environment.name,
        time_zone=time_zone,
        today=datetime.now(UTC).date(),
        scale=scale,
    )


def _shown(result: "Planned", form: Format, price: float | None) -> str:
    from cli.capacity import page, planned  # noqa: PLC0415 - loaded with the models

    if form is Format.json:
        return json.dumps(planned.as_json(result, price), indent=2) + "\n"
    return page.as_html(result, price) if form is Format.html else planned.as_text(result, price)


def _no_models() -> Problem:
    origin = Origin(file="stackwright", line=0, column=0, path=(), layer="history")
    message = "forecasting needs `statsforecast`, which is not installed."
    return Problem(origin=origin, code="SW9109", message=message, hint="Install `stackwright[forecast]`.")
