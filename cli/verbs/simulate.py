"""`stackwright simulate`: what an autoscaler would have done with a history."""

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli import files, report
from cli.capacity import options
from cli.capacity.service import Scaled, environment_of, scaled, with_settings
from cli.progress import watched
from schemas.project import Project


class Format(StrEnum):
    """How the result is shown."""

    text = "text"
    json = "json"


def _with_values(settings: list[str]) -> list[str]:
    """Return the settings.

    Raises:
        BadParameter: one of them has no value.

    """
    for setting in settings:
        if "=" not in setting:
            raise typer.BadParameter(f"`{setting}` sets nothing: write it as `scaling.min=3`.")
    return settings


Settings = Annotated[
    list[str],
    typer.Option(
        "--set",
        help="Another value of the service, as `scaling.min=3`; `null` removes one. May be given several times.",
        metavar="<field>=<value>",
        show_default=False,
        callback=_with_values,
    ),
]


def simulate(  # noqa: PLR0913 - each is an option of the command line
    application: files.Application,
    *,
    service: options.Service,
    history: options.HistoryFile = None,
    setting: Settings = [],  # noqa: B006 - typer's way to say "none"
    env: files.SomeEnvironment = None,
    capacity: options.Capacity = None,
    start_seconds: options.StartSeconds = 60.0,
    time_zone: options.TimeZone = "UTC",
    scale: options.Scale = 1.0,
    price: options.Price = None,
    prometheus: options.Prometheus = None,
    query: options.Query = None,
    weeks: options.Weeks = 2.0,
    rates: options.Rates = False,
    cpu_query: options.CpuQuery = None,
    columns: options.Columns = None,
    form: Annotated[Format, typer.Option("--format", help="`text` or `json`.")] = Format.text,
    platform: files.Platform = None,
) -> None:
    """Replay a history on a service's autoscaler, and on the same with other settings.

    The autoscaler is simulated as Kubernetes' own controller decides: every 15 seconds, with its tolerance, windows
    and policies. A request has no room when the replicas that are ready then have taken all they serve well.

    Example: stackwright simulate application.yaml --service web --history requests.csv --capacity 50 --set scaling.min=3
    """  # noqa: E501 - an example stands on one line
    with report.told():
        project = files.project(application, platform, [])
        found = _services(project, environment_of(project, env), service, setting)
        source = options.Source(history, prometheus, query, weeks, time_zone, columns, rates, cpu_query)
        told = _replayed(found, source, capacity, start_seconds, scale, price)
    typer.echo(json.dumps(told, indent=2) + "\n" if form is Format.json else _as_text(told), nl=False)


def _services(project: Project, environment: str, service: str, settings: list[str]) -> dict[str, Scaled]:
    """Return the service as written and, when there are settings, with them."""
    found = {"as written": scaled(project, environment, service)}
    if settings:
        changed = with_settings(project, environment, service, settings)
        found[", ".join(settings)] = scaled(changed, environment, service)
    return found


def _replayed(
    found: dict[str, Scaled],
    source: options.Source,
    capacity: float | None,
    start_seconds: float,
    scale: float,
    price: float | None,
) -> dict[str, Any]:
    """Return what came of each, what was repaired in the history, and which targets do not follow requests."""
    from cli.capacity.measuring import capacities  # noqa: PLC0415
    from cli.capacity.scaler import scaler_of  # noqa: PLC0415
    from cli.capacity.tables import row  # noqa: PLC0415
    from simulator.replay.replay import replayed  # noqa: PLC0415 - a help needs none of it
    from simulator.replay.workload import Workload  # noqa: PLC0415

    told = source.history()
    demand = told.scaled(scale).demand
    known = capacities(found, capacity, source, told)
    scalers = {name: scaler_of(one, demand) for name, one in found.items()}
    work = {name: Workload(capacity=one.rate, start_seconds=start_seconds) for name, one in known.items()}
    rows = [
        row(name, replayed(scalers[name][0], demand, work[name]), price) for name in watched(list(scalers), "replaying")
    ]
    left_out = sorted({metric for _, metrics in scalers.values() for metric in metrics})
    return {
        "history": told.name,
        "repairs": list(told.repairs),
        "warnings": list(told.warnings),
        "capacity": {name: one.row for name, one in known.items()},
        "measured": list(dict.fromkeys(one.text for one in known.values() if one.text)),
        "leftOut": left_out,
        "rows": rows,
    }


def _as_text(told: dict[str, Any]) -> str:
    from cli.capacity.tables import table  # noqa: PLC0415

    remarks = [f"{told['history']}: {one}\n" for one in (*told["repairs"], *told["warnings"])]
    left_out = [
        f"The target {name} is left out: it does not follow from how many requests come.\n" for name in told["leftOut"]
    ]
    measured = [f"{sentence}\n" for sentence in told["measured"]]
    return "".join([*remarks, *measured, table(told["rows"]), *left_out])
