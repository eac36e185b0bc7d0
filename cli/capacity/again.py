"""Renewing the plans of many services at once, on all cores."""

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from cli.capacity.options import Asked, Source
from cli.capacity.service import scaled
from forecast.history.history import problem
from forecast.making import renewed
from forecast.owner import Owner
from forecast.wish import Wish
from schemas.plan.model import Plan
from schemas.plan.problems import read_plan
from schemas.plan.text import written
from schemas.problems import Problem, SpecError
from schemas.project import Project


@dataclass(frozen=True, slots=True)
class Job:
    """A plan to renew."""

    file: Path
    plan: Plan
    source: Source
    scale: float
    """What the history's rates are multiplied by."""
    wish: Wish
    owner: Owner


def jobs(
    project: Project, histories: Path, plans: Path, source: Source, asked: Asked, scale: float
) -> tuple[list[Job], list[Problem]]:
    """Return the plans of a folder that can be renewed, and what is wrong with the others.

    `source` says how a history is read, and `asked` how good a plan is to be; what a plan says itself comes from there.
    """
    found: list[Job] = []
    problems: list[Problem] = []
    for file in sorted(plans.glob("*.yaml")):
        # That a plan is old is why it is renewed.
        old = read_plan(file, problems, date.min)
        if old is None:
            continue
        plan = old[1]
        # Of one service there may be plans for several environments, whose files tell them apart.
        history = next((one for one in _names(histories, file.stem, plan.service) if one.is_file()), None)
        if history is None:
            message = f"no history of `{plan.service}` is in {histories}."
            hint = f"Export one as `{plan.service}.csv`."
            problems.append(problem(str(file), 0, "SW9304", message, hint))
            continue
        try:
            of_plan = source._replace(file=history, time_zone=plan.time_zone)
            found.append(_job(project, file, plan, of_plan, asked, scale))
        except SpecError as error:
            problems += error.problems
    if not found and not problems:
        problems.append(problem(str(plans), 0, "SW9305", "the folder holds no plan.", "Make one with --service."))
    return found, problems


def _names(folder: Path, *names: str) -> list[Path]:
    return [folder / f"{name}.{suffix}" for name in names for suffix in ("csv", "csv.gz", "json", "json.gz")]


def _job(project: Project, file: Path, plan: Plan, source: Source, asked: Asked, scale: float) -> Job:
    told = asked._replace(target=plan.target_percent, start_seconds=plan.start_seconds, time_zone=plan.time_zone)
    owner = Owner(
        application=project.name,
        service=plan.service,
        environment=plan.environment,
        time_zone=plan.time_zone,
        today=datetime.now(UTC).date(),
    )
    wish = told.wish(scaled(project, plan.environment, plan.service), plan.capacity)
    return Job(file, plan, source, scale, wish, owner)


class Renewed(NamedTuple):
    """The text of the next plan, and what its history hides."""

    text: str
    warnings: tuple[str, ...]


def done(job: Job) -> Renewed | tuple[Problem, ...]:
    """Return the next plan, or why there is none."""
    try:
        history = job.source.history().scaled(job.scale)
        text = written(renewed(history, job.wish, job.plan, job.owner))
        return Renewed(text, history.warnings_on(job.owner.today))
    except SpecError as error:
        return error.problems


def all_done(jobs: Sequence[Job]) -> Iterator[tuple[Job, Renewed | tuple[Problem, ...]]]:
    """Yield each job with what came of it, as they are done; on a terminal a bar shows how far it is."""
    with _Bar(len(jobs)) as bar, ProcessPoolExecutor(max_workers=min(len(jobs), os.cpu_count() or 1)) as workers:
        running = {workers.submit(done, job): job for job in jobs}
        for future in as_completed(running):
            bar.advance()
            yield running[future], future.result()


class _Bar:
    """A bar on the error stream when that is a terminal, else nothing."""

    def __init__(self, total: int) -> None:
        from rich.console import Console  # noqa: PLC0415 - only who renews many plans waits for it
        from rich.progress import Progress  # noqa: PLC0415

        console = Console(stderr=True)
        self._progress = Progress(console=console, transient=True, disable=not sys.stderr.isatty())
        self._task = self._progress.add_task("plans", total=total)

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def advance(self) -> None:
        """Show that one more is done."""
        self._progress.advance(self._task)
