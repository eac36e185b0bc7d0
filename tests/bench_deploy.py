"""Figures: what a program costs by itself, and a hundred services on simulated nodes beside the naive program.

`python -m tests.bench_deploy [SERVICES]` prints two tables; ratios within one run mean something, seconds do not.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from sandbox import environment, lifecycle
from tests.bench import secret_values, secrets
from tests.echo.run import cost
from tests.edits.fleet import Fleet, Single
from tests.edits.generate import QUICK

NAIVE = """
import json
import pulumi
import pulumi_kubernetes as k8s

CLASSES = {
    "ConfigMap": k8s.core.v1.ConfigMap,
    "Deployment": k8s.apps.v1.Deployment,
    "HorizontalPodAutoscaler": k8s.autoscaling.v2.HorizontalPodAutoscaler,
    "Namespace": k8s.core.v1.Namespace,
    "NetworkPolicy": k8s.networking.v1.NetworkPolicy,
    "PodDisruptionBudget": k8s.policy.v1.PodDisruptionBudget,
    "Secret": k8s.core.v1.Secret,
    "Service": k8s.core.v1.Service,
    "ServiceAccount": k8s.core.v1.ServiceAccount,
}
space = None
for one in json.load(open("objects.json")):
    kind, name = one.pop("kind"), one["metadata"]["name"]
    one.pop("apiVersion")
    values = {"automountServiceAccountToken": "automount_service_account_token"}
    known = {values.get(key, key): value for key, value in one.items()}
    made = CLASSES[kind](f"{kind}-{name}", **known, opts=pulumi.ResourceOptions(depends_on=space))
    space = space or made
"""
"""One typed resource an object, default settings."""


class Naive(Fleet):
    """The objects of an application, deployed the first way that comes to mind."""

    program = NAIVE


def spec(services: int) -> dict[str, Any]:
    """Return an application of so many services of eight objects each."""
    made = {}
    for number in range(services):
        made[f"s{number}"] = {
            "image": "example.test/s:1",
            "port": 8080,
            "env": {"TOKEN": {"secret": f"s{number}", "key": "token"}, "LEVEL": "info"},
            "files": {"/etc/s/settings": {"content": "one"}},
            "probes": {"readiness": "/ready", "liveness": "/live"},
            "resources": {"requests": {"cpu": "50m"}},
            "scaling": {"min": 2, "max": 4, "targets": {"cpuPercent": 70}},
            **QUICK,
        }
    return {"services": made, "secrets": secrets(services)}


def deployed(project: Fleet) -> dict[str, float]:
    """Return the seconds that coming, staying and going take."""
    took = {}
    for name, verb in (
        ("first up", ("up", "--yes", "--skip-preview")),
        ("no-op preview", ("preview", "--expect-no-changes")),
        ("destroy", ("destroy", "--yes", "--skip-preview")),
    ):
        begun = time.perf_counter()
        project.must(*verb)
        took[name] = time.perf_counter() - begun
    return took


def beside_the_naive_program(services: int) -> None:
    """Print how long both take, and the marks that the ratio is to reach."""
    lifecycle.up(simulated_nodes=3)
    kubeconfig = Path(environment.variables()["KUBECONFIG"])
    with tempfile.TemporaryDirectory() as place:
        ours = Single(Path(place) / "ours", "bench", kubeconfig)
        ours.write({"bench": spec(services)})
        stack = ours.folder / "Pulumi.bench.yaml"
        told = yaml.safe_load(stack.read_text())
        told["config"] |= secret_values(services)
        stack.write_text(yaml.safe_dump(told))
        naive = Naive(Path(place) / "naive", "naive", kubeconfig, fast=False)
        found = ours.objects("bench")
        (naive.folder / "objects.json").write_text(json.dumps(_placed(found)))
        for project in (ours, naive):
            project.environment.pop("PULUMI_PARALLEL")
        rows = {"ours": deployed(ours), "naive": deployed(naive)}
    print(f"\n{services} services, {len(found)} objects; ours writes state once (PULUMI_SKIP_CHECKPOINTS)")
    print(f"{'seconds':16}{'ours':>10}{'naive':>10}{'ratio':>8}")
    for name, mark in (("first up", 1 / 5), ("no-op preview", 1 / 2), ("destroy", 1 / 4)):
        mine, theirs = rows["ours"][name], rows["naive"][name]
        print(
            f"{name:16}{mine:>10.1f}{theirs:>10.1f}{mine / theirs:>8.2f}   at most {mark:.2f}{'' if mine <= theirs * mark else '   MISSED'}"
        )


def _placed(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the objects in a namespace of their own, with a value in every secret."""
    text = json.dumps(objects).replace("bench-dev", "naive-dev").replace("from Pulumi config", "dmFsdWU=")
    found: list[dict[str, Any]] = json.loads(text)
    return found


def by_itself(services: int) -> None:
    """Print what a program costs against an engine that only echoes, how it grows, and the marks it is to reach.

    Many services are many applications of so many: no file may hold them all.
    """
    few, half, many, double = sizes = (services, 5 * services, 10 * services, 20 * services)
    costs = {1: cost(1), **{size: cost(services, applications=size // services) for size in sizes}}
    print(f"\n{'services':>10}{'seconds':>10}{'of CPU':>10}{'MiB':>8}{'calls':>10}{'of them logs':>14}")
    for size, one in costs.items():
        told, logs = one.told, one.calls.get("debug log", 0) + one.calls.get("log", 0)
        calls = sum(count for name, count in one.calls.items() if name != "dependencies")
        print(f"{size:>10}{told['seconds']:>10.2f}{told['CPU']:>10.2f}{told['MiB']:>8.0f}{calls:>10}{logs:>14}")
    cpu = {size: one.told["CPU"] for size, one in costs.items()}
    memory = {size: one.told["MiB"] for size, one in costs.items()}
    marks = [
        (f"seconds of CPU for {many} services", cpu[many], 30),
        (f"MiB for {many} services", memory[many], 150),
        (f"CPU, {many} to {few} services", cpu[many] / cpu[few], 11),
        (f"CPU, {double} to {many} services", cpu[double] / cpu[many], 2.2),
        (f"MiB, {double} to {half} services", memory[double] / memory[half], 1.3),
        ("seconds of CPU for one service", cpu[1], 0.6),
        ("the same without `import pulumi`", cpu[1] - costs[1].told["import pulumi"], 0.1),
    ]
    for name, figure, mark in marks:
        print(f"{name:40}{figure:>10.2f}   at most {mark}{'' if figure <= mark else '   MISSED'}")


def main() -> None:
    """Print the tables."""
    services = int(sys.argv[1]) if sys.argv[1:] else 100
    by_itself(services)
    beside_the_naive_program(services)


if __name__ == "__main__":
    main()
