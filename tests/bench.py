"""Figures: what reading, checking and rendering many specs costs, and how it grows. Nothing here can fail.

`python -m tests.bench [SERVICES …]` prints a table; ratios between rows of one run mean something, seconds do not.
"""

import itertools
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from cli.render import objects
from schemas.project import read
from schemas.resolve import check, resolve
from schemas.yaml_text import yaml_documents

PLATFORM: dict[str, Any] = {
    "apiVersion": "stackwright.dev/v1",
    "kind": "Platform",
    "metadata": {"name": "bench"},
    "spec": {
        "environments": {
            name: {"domain": f"{name}.bench.test", "registry": {"address": "registry.bench.test"}}
            for name in ("dev", "staging", "prod")
        }
    },
}


def application(services: int) -> dict[str, Any]:
    """Return an application of so many services of eight objects that each calls the one before it."""
    made: dict[str, Any] = {}
    for number in range(services):
        made[f"s{number}"] = {
            "image": f"registry.bench.test/s{number}:1",
            "port": 8080,
            "env": {
                **{f"SETTING_{index}": f"value {index}" for index in range(9)},
                "TOKEN": {"secret": f"s{number}", "key": "token"},
            },
            "files": {"/etc/s/settings": {"content": "one"}},
            "probes": {"readiness": "/ready", "liveness": "/live"},
            "resources": {"requests": {"cpu": "100m"}},
            "scaling": {"min": 2, "max": 9, "targets": {"cpuPercent": 70}},
            "connections": {f"s{number - 1}": {}} if number else {},
        }
    return {
        "apiVersion": "stackwright.dev/v1",
        "kind": "Application",
        "metadata": {"name": "bench", "owner": "team"},
        "spec": {
            "services": made,
            "secrets": secrets(services),
            "environments": {"prod": {"services": {"s0": {"scaling": {"min": 4}}}}},
        },
    }


def secrets(services: int) -> dict[str, Any]:
    """Return one secret for each service."""
    return {f"s{number}": {"keys": ["token"], "onChange": "ignore"} for number in range(services)}


def secret_values(services: int) -> dict[str, str]:
    """Return the config that has their values."""
    return {f"bench:s{number}.token": f"value {number}" for number in range(services)}


def measured(services: int, folder: Path) -> dict[str, float]:
    """Return seconds for each step over one application of so many services in three environments."""
    (folder / "platform.yaml").write_text(yaml.safe_dump(PLATFORM))
    (folder / "application.yaml").write_text(yaml.safe_dump(application(services), sort_keys=False))
    marks = [time.perf_counter()]
    project = read(folder / "application.yaml", folder / "platform.yaml")
    marks.append(time.perf_counter())
    check(project)
    marks.append(time.perf_counter())
    spec = resolve(project, "prod")
    marks.append(time.perf_counter())
    found = objects(spec)
    marks.append(time.perf_counter())
    yaml_documents(found)
    marks.append(time.perf_counter())
    names = ("read", "check 3 environments", "resolve 1", "objects", "YAML text")
    return dict(zip(names, (after - before for before, after in itertools.pairwise(marks)), strict=True))


def main() -> None:
    """Print the table."""
    sizes = [int(argument) for argument in sys.argv[1:]] or [10, 100, 300]
    rows: dict[str, list[float]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            for name, seconds in measured(size, Path(folder)).items():
                rows.setdefault(name, []).append(seconds)
    print(f"{'seconds for services':24}" + "".join(f"{size:>10}" for size in sizes) + f"{'growth':>10}")
    for name, seconds in rows.items():
        growth = (seconds[-1] / seconds[0]) / (sizes[-1] / sizes[0])
        print(f"{name:24}" + "".join(f"{one:>10.3f}" for one in seconds) + f"{growth:>9.2f}x")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB; growth 1.00x is linear")


if __name__ == "__main__":
    main()
