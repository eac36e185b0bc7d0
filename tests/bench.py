"""Figures: what reading, checking and rendering many specs costs, how it grows, and what hostile files cost.

Nothing here can fail. `python -m tests.bench [SPECS …]` prints tables; ratios between rows of one run mean something,
seconds do not.
"""

import itertools
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from components.manifests.checked import check
from components.manifests.offline import offline_objects
from schemas.project import read
from schemas.resolve import resolve
from schemas.text.yaml_text import yaml_text
from tests.bench_hostile import hostile
from tests.bench_peers import cpu_of_children, peers
from tests.conftest import ROOT

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


def service(number: int) -> dict[str, Any]:
    """Return a service of eight objects that calls the one before it."""
    return {
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


def application(services: int) -> dict[str, Any]:
    """Return an application of so many services of eight objects that each calls the one before it."""
    return {
        "apiVersion": "stackwright.dev/v1",
        "kind": "Application",
        "metadata": {"name": "bench", "owner": "team"},
        "spec": {
            "services": {f"s{number}": service(number) for number in range(services)},
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


def small_spec(number: int) -> dict[str, Any]:
    """Return an application of one service, about two kilobytes, that three environments change."""
    spec = application(1)
    spec["metadata"]["name"] = f"bench-{number}"
    one = spec["spec"]["services"]["s0"]
    one["env"] |= {f"OPTION_{index}": f"a longer value of an option, number {index}" for index in range(6)}
    one["resources"] = {"requests": {"cpu": "100m", "memory": "128Mi"}}
    spec["spec"]["environments"] = {
        "dev": {"services": {"s0": {"replicas": 1, "env": {"SETTING_0": "dev"}}}},
        "staging": {"services": {"s0": {"env": {"SETTING_0": "staging"}, "scaling": {"max": 3}}}},
        "prod": {"services": {"s0": {"scaling": {"min": 4}, "resources": {"limits": {"memory": "256Mi"}}}}},
    }
    return spec


class Watch:
    """CPU seconds of named steps: other work on the machine changes them little."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count what is done inside to a step."""
        start = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0) + time.process_time() - start


def many_specs(specs: int, folder: Path) -> dict[str, float]:
    """Return seconds for so many specs in three environments each, and for their objects in `prod`, as files."""
    platform = folder / "platform.yaml"
    platform.write_text(yaml.safe_dump(PLATFORM, sort_keys=False))
    for number in range(specs):
        (folder / f"{number}.yaml").write_text(yaml.safe_dump(small_spec(number), sort_keys=False))
    watch = Watch()
    ready = []
    for number in range(specs):
        with watch.step("load"):
            project = read(folder / f"{number}.yaml", platform)
        with watch.step("merge and check, 3 environments"):
            problems = check(project)
        assert problems == (), problems[0]
        ready.append(resolve(project, "prod"))
    for number, spec in enumerate(ready):
        with watch.step("render 8 objects each, to files"):
            target = folder / f"out-{number}"
            target.mkdir()
            for index, one in enumerate(offline_objects(spec)):
                (target / f"{index}.yaml").write_text(yaml_text(one))
    return watch.seconds


def one_application(services: int, folder: Path) -> dict[str, float]:
    """Return seconds for one application of so many services, in JSON, which takes less room."""
    (folder / "platform.json").write_text(json.dumps(PLATFORM))
    (folder / "application.json").write_text(json.dumps(application(services)))
    watch = Watch()
    with watch.step("one application: load"):
        project = read(folder / "application.json", folder / "platform.json")
    with watch.step("one application: merge and check"):
        check(project)
    with watch.step("one application: render"):
        "".join(yaml_text(one) for one in offline_objects(resolve(project, "prod")))
    return watch.seconds


def start_to_exit(folder: Path) -> tuple[float, float]:
    """Return what `stackwright validate` of one file takes as a process: seconds in the median, and CPU seconds."""
    (folder / "platform.yaml").write_text(yaml.safe_dump(PLATFORM, sort_keys=False))
    (folder / "application.yaml").write_text(yaml.safe_dump(small_spec(1), sort_keys=False))
    command = [str(Path(sys.executable).with_name("stackwright")), "validate", str(folder / "application.yaml")]
    taken = []
    before = cpu_of_children()
    for _ in range(9):
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), (cpu_of_children() - before) / len(taken)


def growth(rows: dict[str, list[float]], sizes: list[int]) -> None:
    """Print a table of seconds by size, with the growth from one size to the next; 1.00 is linear."""
    print(f"{'CPU seconds':34}" + "".join(f"{size:>9}" for size in sizes) + f"{'growth':>9}")
    for name, seconds in rows.items():
        pairs = itertools.pairwise(zip(sizes, seconds, strict=True))
        ratios = [(later / before) / (more / fewer) for (fewer, before), (more, later) in pairs]
        print(f"{name:34}" + "".join(f"{one:>9.3f}" for one in seconds) + f"{max(ratios, default=1):>8.2f}x")


def main() -> None:
    """Print the tables."""
    sizes = [int(argument) for argument in sys.argv[1:]] or [250, 1000, 4000]
    for title, of, counts in (
        ("specs of 2 KB", many_specs, sizes),
        ("services in one application", one_application, [size // 10 for size in sizes]),
    ):
        rows: dict[str, list[float]] = {}
        for count in counts:
            with tempfile.TemporaryDirectory() as folder:
                for name, seconds in of(count, Path(folder)).items():
                    rows.setdefault(name, []).append(seconds)
        print(f"\n{title}")
        growth(rows, counts)
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = start_to_exit(Path(folder))
    print(f"\n`stackwright validate` of one file, start to exit: {wall:.2f} s, of them {cpu:.2f} s of CPU")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")
    hostile()
    peers(application, PLATFORM)


if __name__ == "__main__":
    main()
