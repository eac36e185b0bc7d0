"""The options that say which history is looked at, and what a replica can do."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from cli import completion
from cli.capacity.service import Scaled

if TYPE_CHECKING:
    from forecast.history.history import History, Row
    from forecast.wish import Wish


def _drawable(file: Path | None) -> Path | None:
    """Return the file of a picture.

    Raises:
        BadParameter: its name does not end in a form that can be drawn.

    """
    if file is not None and file.suffix.lower() not in (".png", ".svg"):
        raise typer.BadParameter("the name of a picture ends in `.png` or `.svg`.")
    return file


Service = Annotated[
    str,
    typer.Option("--service", "-s", help="The service.", autocompletion=completion.services, show_default=False),
]
SomeService = Annotated[
    str | None,
    typer.Option(
        "--service",
        "-s",
        help="The service. Without it: every plan in the folder --output is renewed.",
        autocompletion=completion.services,
        show_default=False,
    ),
]
HistoryFile = Annotated[
    Path | None,
    typer.Option(
        "--history",
        help="A CSV or JSON file, packed or not: a time and a count of requests a line, and CPU cores as a third.",
        show_default=False,
    ),
]
Prometheus = Annotated[
    str | None, typer.Option(help="The address of a Prometheus to ask instead; see --query.", show_default=False)
]
Query = Annotated[
    str | None, typer.Option(help="PromQL of the service's requests per second: one series.", show_default=False)
]
CpuQuery = Annotated[
    str | None,
    typer.Option(
        help="PromQL of the CPU cores that all pods of the service use: one series; without --capacity.",
        show_default=False,
    ),
]
Weeks = Annotated[float, typer.Option(help="How many weeks Prometheus is asked for.", min=0.1)]
TimeZone = Annotated[str, typer.Option(help="The time zone of the people who make the demand, and of bare times.")]
Capacity = Annotated[
    float | None,
    typer.Option(
        help="Requests per second that one replica serves well. Without it: measured where the history tells CPU.",
        min=0.001,
        show_default=False,
    ),
]
StartSeconds = Annotated[
    float, typer.Option(help="From the decision to a new pod's first request.", min=0.0, max=10800.0)
]
Rates = Annotated[bool, typer.Option("--rates", help="Values are requests per second, and not counts.")]
Scale = Annotated[
    float, typer.Option(help="What the demand is multiplied by: what if it doubles?", min=0.000001, max=1_000_000)
]
Price = Annotated[
    float | None, typer.Option(help="What a replica costs an hour, to tell costs too.", min=0.0, show_default=False)
]
Columns = Annotated[
    str | None,
    typer.Option(help="The columns of the time and the count: `TIME,COUNT`, or `TIME,COUNT,CPU`.", show_default=False),
]
Target = Annotated[
    float | None,
    typer.Option(
        help="Percent of its capacity that a replica should be used. Without it: what the spec's targets say.",
        min=1.0,
        max=100.0,
        show_default=False,
    ),
]
Objective = Annotated[
    float, typer.Option(help="Percent of requests that should find room, in every week.", min=50.0, max=100.0)
]
Budget = Annotated[
    float, typer.Option(help="Percent by which pod-hours may exceed those of the autoscaler alone.", min=0.0)
]
PlanFile = Annotated[
    Path | None, typer.Option("--output", "-o", help="The plan's file: `plans/web.yaml`.", show_default=False)
]

Picture = Annotated[
    Path | None,
    typer.Option(
        "--picture",
        help="A file for a picture of demand against plan: `web.png` or `web.svg`.",
        show_default=False,
        callback=_drawable,
    ),
]


class Source(NamedTuple):
    """The options that say which history is looked at."""

    file: Path | None
    prometheus: str | None
    query: str | None
    weeks: float
    time_zone: str
    columns: str | None
    rates: bool
    cpu_query: str | None

    def history(self) -> "History":
        """Return the history.

        Raises:
            SpecError: it cannot be read, or is wrong.
            BadParameter: none is named, or two are.

        """
        if self.file is not None and self.prometheus is not None:
            raise typer.BadParameter("--history and --prometheus exclude each other. Keep one of them.")
        if self.file is None and self.prometheus is None:
            raise typer.BadParameter("name a file with --history, or a Prometheus with --prometheus and --query.")
        if self.prometheus is None and self.cpu_query is not None:
            raise typer.BadParameter("a file has a column of CPU cores; --cpu-query goes with --prometheus.")
        if self.file is not None:
            from forecast.history.read import read  # noqa: PLC0415 - a help needs none of it

            rates = True if self.rates else None
            time, value, _ = self._columns()
            return read(self.file, time_zone=self.time_zone, columns=(time, value), are_rates=rates)
        if self.query is None:
            raise typer.BadParameter("say what to ask Prometheus for with --query.")
        from cli.capacity.prometheus import asked  # noqa: PLC0415 - few ask

        return asked(str(self.prometheus), self.query, self.weeks)

    def cores(self) -> "list[Row]":
        """Return how many cores all pods used at which time; no rows when it is not told.

        Raises:
            SpecError: it cannot be read, or is wrong.

        """
        if self.file is not None:
            from forecast.history.read import read_cores  # noqa: PLC0415 - a help needs none of it

            time, _, cores = self._columns()
            return read_cores(self.file, time_zone=self.time_zone, columns=(time, cores))
        if self.cpu_query is None:
            return []
        from cli.capacity.prometheus import asked_cores  # noqa: PLC0415 - few ask

        return asked_cores(str(self.prometheus), self.cpu_query, self.weeks)

    def _columns(self) -> tuple[str | None, str | None, str | None]:
        """Return the names of the columns of time, count and CPU cores, as far as they are told."""
        if self.columns is None:
            return None, None, None
        time, count, *cores = (name.strip() for name in self.columns.split(",")) if "," in self.columns else ("", "")
        if not (time and count) or len(cores) > 1:
            raise typer.BadParameter("name them as `TIME,COUNT` or `TIME,COUNT,CPU`.", param_hint="--columns")
        return time, count, cores[0] if cores else None


class Asked(NamedTuple):
    """The options that say what is asked of a plan."""

    target: float | None
    start_seconds: float
    objective: float
    budget: float
    time_zone: str

    def wish(self, found: Scaled, capacity: float) -> "Wish":
        """Return what is asked of the plan of a service whose replicas serve so many requests per second well.

        Raises:
            SpecError: it is not said how much a replica should be used, or there is no such time zone.

        """
        from forecast.history.times import known_zone  # noqa: PLC0415
        from forecast.wish import Wish  # noqa: PLC0415
        from simulator.hpa.settings import behavior_of, settings_of  # noqa: PLC0415 - a help needs none of it
        from simulator.replay.workload import Workload  # noqa: PLC0415

        targets = found.scaling.targets
        percent: float | None = self.target if self.target is not None else targets.cpu_percent
        if self.target is None and targets.requests_per_second_per_replica is not None:
            percent = min(100.0, 100.0 * targets.requests_per_second_per_replica / capacity)
        if percent is None:
            message = "how much of its capacity a replica should be used is not said: there is no `targets.cpuPercent`."
            raise found.problem("SW9108", message, "Give it as --target.")
        return Wish(
            workload=Workload(capacity=capacity, start_seconds=self.start_seconds),
            min=max(1, found.scaling.min),
            max=found.scaling.max,
            target_percent=float(percent),
            behavior=settings_of(found.autoscaler).behavior or behavior_of({}),
            zone=known_zone(self.time_zone),
            objective_percent=self.objective,
            budget_percent=self.budget,
        )
