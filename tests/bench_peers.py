"""Figures: other tools that write the same objects, in the same run."""

import gc
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from components.manifests.offline import offline_objects
from sandbox.layout import layout
from sandbox.tools.catalogue import CONTROL_PLANE, PINS, GoTool
from sandbox.tools.go import built
from schemas.project import read
from schemas.resolve import resolve
from schemas.text.yaml_text import yaml_text

HELM = GoTool("helm", "helm", "helm.sh/helm/v3/cmd/helm", 240)

CDK8S = """
import json, sys
from cdk8s import ApiObject, App, Chart, JsonPatch
app = App(outdir=sys.argv[2])
chart = Chart(app, "all")
for number, one in enumerate(json.load(open(sys.argv[1]))):
    name = {"name": one["metadata"]["name"]}
    made = ApiObject(chart, f"o{number}", api_version=one["apiVersion"], kind=one["kind"], metadata=name)
    for key, value in one.items():
        if key not in ("apiVersion", "kind", "metadata"):
            made.add_json_patch(JsonPatch.add(f"/{key}", value))
app.synth()
"""
"""The objects of an application as cdk8s writes them."""


def cpu_of_children() -> float:
    """Return the CPU seconds of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peers(application: Callable[[int], dict[str, Any]], platform: dict[str, Any]) -> None:
    """Print CPU seconds for writing the objects of an application, ours and theirs."""
    cdk8s = _cdk8s()
    tools = built(layout(), (HELM, *(tool for tool in CONTROL_PLANE if tool.name == "kubectl")))
    print(f"\n{'CPU seconds, objects of services':34}{'100':>9}{'1000':>9}")
    rows: dict[str, list[str]] = {}
    ours: list[float] = []
    for services in (100, 1000):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            objects, seconds = _ours(application, services, platform, folder)
            ours.append(seconds)
            rows.setdefault("stackwright", []).append(f"{seconds:.2f}")
            theirs = _cdk8s_seconds(cdk8s, objects, folder)
            rows.setdefault("cdk8s", []).append(f"{theirs:.2f}")
            rows.setdefault("cdk8s, times ours", []).append(f"{theirs / seconds:.1f}x")
            if services == 100:
                rows["helm template"] = [f"{_helm_seconds(tools['helm'], objects, folder):.2f}"]
                rows["kubectl kustomize"] = [f"{_kustomize_seconds(tools['kubectl'], objects, folder):.2f}"]
    for name, figures in rows.items():
        print(f"{name:34}" + "".join(f"{one:>9}" for one in figures))


_AT_ONCE = 100
"""The services of one application: a file holds no more than a person can look after."""


def _ours(
    application: Callable[[int], dict[str, Any]], services: int, platform: dict[str, Any], folder: Path
) -> tuple[list[dict[str, Any]], float]:
    """Return the objects of services, and the CPU seconds that it takes to write them to files."""
    (folder / "platform.json").write_text(json.dumps(platform))
    (folder / "application.json").write_text(json.dumps(application(_AT_ONCE)))
    spec = resolve(read(folder / "application.json", folder / "platform.json"), "prod")
    # What earlier measurements left is no part of this one.
    gc.collect()
    gc.freeze()
    (folder / "ours").mkdir()
    found: list[dict[str, Any]] = []
    start = time.process_time()
    for one in range(services // _AT_ONCE):
        objects = offline_objects(spec)
        for number, each in enumerate(objects):
            (folder / "ours" / f"{one}-{number}.yaml").write_text(yaml_text(each))
        found += objects
    return found, time.process_time() - start


def _cdk8s() -> Path:
    """Return a Python that has cdk8s, in an environment of its own."""
    place = layout().cache / "bench-cdk8s"
    if not (place / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        pins = PINS / "cdk8s" / "requirements.txt"
        subprocess.run([str(place / "bin/pip"), "install", "--quiet", "--requirement", str(pins)], check=True)
        (place / "ready").touch()
    return place / "bin" / "python"


def _cdk8s_seconds(python: Path, objects: list[dict[str, Any]], folder: Path) -> float:
    """Return the seconds for the objects without those for starting node and loading cdk8s."""
    if shutil.which("node") is None:
        raise SystemExit("cdk8s needs node, which is not on PATH.")
    seconds = []
    for name, content in (("nothing", []), ("objects", objects)):
        (folder / f"{name}.json").write_text(json.dumps(content))
        seconds.append(
            _seconds([str(python), "-c", CDK8S, str(folder / f"{name}.json"), str(folder / f"cdk8s-{name}")])
        )
    return seconds[1] - seconds[0]


def _helm_seconds(helm: Path, objects: list[dict[str, Any]], folder: Path) -> float:
    chart = folder / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: bench\nversion: 1.0.0\n")
    (chart / "values.yaml").write_text(yaml.safe_dump({"objects": objects}))
    (chart / "templates" / "all.yaml").write_text("{{- range .Values.objects }}\n---\n{{ toYaml . }}\n{{- end }}\n")
    return _seconds([str(helm), "template", "bench", str(chart)])


def _kustomize_seconds(kubectl: Path, objects: list[dict[str, Any]], folder: Path) -> float:
    base = folder / "kustomize"
    base.mkdir()
    names = [f"{number}.yaml" for number in range(len(objects))]
    for name, one in zip(names, objects, strict=True):
        (base / name).write_text(yaml_text(one))
    wanted = {"resources": names, "labels": [{"pairs": {"team": "bench"}}]}
    (base / "kustomization.yaml").write_text(yaml.safe_dump(wanted))
    return _seconds([str(kubectl), "kustomize", str(base)])


def _seconds(command: list[str]) -> float:
    start = cpu_of_children()
    subprocess.run(command, check=True, capture_output=True)
    return cpu_of_children() - start
