"""Figures: what renewing the plans of a hundred services costs, and what their backtests cost once a week.

`python -m tests.bench_forecast [SERVICES]` prints a table. Histories are four weeks of minutes, each of another shop.
"""

import random
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from cli.capacity.again import Job, Renewed, all_done
from cli.capacity.options import Source
from forecast.history.read import read
from forecast.owner import Owner
from forecast.wish import Wish
from schemas.plan.week import WEEK
from simulator.hpa.settings import behavior_of
from simulator.replay.workload import Workload
from tests.bench_peers import cpu_of_children
from tests.conftest import ROOT
from tests.schemas.plan.plans import plan

TODAY = datetime.now(UTC).date()
WISH = Wish(
    workload=Workload(capacity=50.0, start_seconds=180.0),
    min=2,
    max=1000,
    target_percent=70.0,
    behavior=behavior_of({}),
)


def shops(folder: Path, services: int) -> list[Job]:
    """Return a job for each of many services, whose history is the real trace, shifted and scaled by chance."""
    trace = read(ROOT / "tests" / "data" / "nasa-http-1995-08.csv.gz")
    jobs = []
    for number in range(services):
        chance = random.Random(number)  # noqa: S311 - the same services every time
        shift, scale = chance.randrange(1440), 500 * chance.uniform(0.5, 2.0)
        rates = [*trace.rates[shift:], *trace.rates[:shift]]
        file = folder / f"s{number}.csv"
        file.write_text(
            "".join(f"{trace.start + 60 * at:.0f},{60 * scale * rate:.0f}\n" for at, rate in enumerate(rates))
        )
        owner = Owner(application="shop", service=f"s{number}", environment="prod", time_zone="UTC", today=TODAY)
        source = Source(file, None, None, 4.0, "UTC", None, rates=False, cpu_query=None)
        jobs.append(
            Job(folder / f"s{number}.yaml", plan([2] * WEEK, chosen=TODAY, margin=1.2), source, 1.0, WISH, owner)
        )
    return jobs


def seconds(jobs: list[Job]) -> tuple[float, float, int]:
    """Return how long it takes to renew plans, on the clock and of all cores together, and how many were made."""
    begun, before = time.perf_counter(), cpu_of_children()
    made = sum(isinstance(result, Renewed) for _, result in all_done(jobs))
    return time.perf_counter() - begun, cpu_of_children() - before, made


def main(services: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        jobs = shops(Path(folder), services)
        print(f"{'':32}{'services':>10}{'plans':>8}{'seconds':>10}{'of CPU':>10}")
        took, cpu, made = seconds(jobs)
        print(f"{'renewed, the choice kept':32}{services:>10}{made:>8}{took:>10.1f}{cpu:>10.1f}")
        few = [replace(job, plan=replace(job.plan, chosen=date(2026, 1, 1))) for job in jobs[: max(1, services // 20)]]
        took, cpu, made = seconds(few)
        print(f"{'with a backtest of all models':32}{len(few):>10}{made:>8}{took:>10.1f}{cpu:>10.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
