"""Many small applications in one stack, each edited on its own, so that one run of the engine tries many edits."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cli.verbs.render import objects
from components.manifests.objects import OWNER, Manifest
from components.manifests.workloads.claim import ON_REMOVAL
from sandbox import environment
from schemas.project import read
from schemas.resolve import resolve
from tests.cluster.proxy import Call, Proxy
from tests.conftest import ROOT
from tests.edits.generate import application
from tests.edits.law import Key, Operation, broken, called, differences, key, operations, remade

Specs = Mapping[str, dict[str, Any]]
"""Specs by application."""

PROGRAM = """
import pathlib
import pulumi
from components import MicroserviceStack
from schemas.project import read
from schemas.resolve import resolve
from stacks.cluster import cluster_provider
from stacks.debug_log import drop_debug_messages

drop_debug_messages()
platform = pathlib.Path("platform.yaml")
cluster = None
for file in sorted(pathlib.Path("applications").glob("*.yaml")):
    if cluster is None:
        cluster = cluster_provider(resolve(read(file, platform), "dev"))
    MicroserviceStack(
        file.stem,
        {"application": str(file), "platform": str(platform), "environment": "dev"},
        pulumi.ResourceOptions(providers=[cluster]),
    )
"""
PLATFORM = {
    "apiVersion": "stackwright.dev/v1",
    "kind": "Platform",
    "metadata": {"name": "sandbox"},
    "spec": {
        "environments": {
            "dev": {
                "cluster": {"identifier": "simulated"},
                "domain": "dev.localhost",
                "registry": {"address": "127.0.0.1:5000"},
                "ingress": {"class": "traefik", "port": 30080, "from": {"namespace": "ingress"}},
            }
        }
    },
}


@dataclass
class Outcome:
    """What one edit of the whole fleet did."""

    previewed: list[Operation]
    done: list[Operation]
    while_previewing: list[Call]
    """Every call of the preview."""
    problems: dict[str, list[str]] = field(default_factory=dict)
    """By application: how the edit broke the law. Under `engine`: why a run failed."""

    @property
    def mutating(self) -> list[Call]:
        """Calls of the preview that could have changed something."""
        return [call for call in self.while_previewing if call.mutating]

    @property
    def dry_runs(self) -> int:
        """How many calls of the preview asked what a change would do."""
        return sum(call.dry for call in self.while_previewing)


class Fleet:
    """Applications in one stack, behind a proxy that records what the API server is asked."""

    program = PROGRAM
    config: Mapping[str, str] = {}

    def __init__(self, folder: Path, name: str, kubeconfig: Path, *, fast: bool = True) -> None:
        self.folder = folder
        self.name = name
        self.kubeconfig = kubeconfig
        self.specs: dict[str, dict[str, Any]] = {}
        self.uids: dict[Key, str] = {}
        """The live objects after the last edit."""
        (folder / "state").mkdir(parents=True)
        (folder / "applications").mkdir()
        (folder / "__main__.py").write_text(self.program)
        (folder / "platform.yaml").write_text(yaml.safe_dump(PLATFORM))
        runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}}
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "fleet", "runtime": runtime}))
        (folder / ".venv").symlink_to(ROOT / ".venv")
        self.environment = {
            **os.environ,
            **environment.variables(),
            "PULUMI_BACKEND_URL": f"file://{folder}/state",
            "PULUMI_DEBUG_COMMANDS": "true",
            "KUBECONFIG": str(kubeconfig),
            "PULUMI_SKIP_CHECKPOINTS": "true" if fast else "false",
            # Most of a run is waiting for simulated pods, so many operations may be under way on few cores.
            "PULUMI_PARALLEL": "64",
        }
        self.must("stack", "init", name)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run pulumi."""
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive", "--stack", self.name],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=900,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def must(self, *arguments: str) -> str:
        """Run pulumi, which must succeed."""
        done = self.run(*arguments) if arguments[1] != "init" else self._bare(*arguments)
        assert done.returncode == 0, f"pulumi {' '.join(arguments)}\n{done.stdout[-20000:]}\n{done.stderr}"
        return done.stdout

    def _bare(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["pulumi", *arguments, "--non-interactive"]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )

    def edit(self, specs: Specs, proxy: Proxy, marks: str = "first", *, before: Specs | None = None) -> Outcome:
        """Write the specs, preview, run, and hold what was done against the law.

        `before` is what ran, when the specs have been written already.
        """
        olds = self.specs if before is None else before
        old = {name: self.rendered(name, spec) for name, spec in olds.items()}
        new = {name: self.rendered(name, spec) for name, spec in specs.items()}
        self.write(specs, marks)
        begun = len(proxy.calls)
        previewed = self._events("preview")
        middle = len(proxy.calls)
        done = self._events("up", "--yes", "--skip-preview")
        outcome = Outcome(
            operations(previewed),
            operations(done),
            proxy.calls[begun:middle],
        )
        deletes = [call for call in proxy.calls[middle:] if call.verb == "DELETE" and call.mutating]
        deleted = [found for call in deletes if (found := called(call.path))]
        errors = [text for event in (*previewed, *done) for text in _errors(event)]
        if errors:
            outcome.problems["engine"] = errors
        found = {} if errors else live(self.environment)
        uids = {one: there["metadata"]["uid"] for one, there in found.items()}
        for name in {*old, *new}:
            namespace = f"{name}-dev"
            mine = [one for one in deleted if namespace in (one[1], one[2])]
            problems = broken(mine, old.get(name, []), new.get(name, []), outcome.previewed)
            problems += self._truth(outcome, name)
            if not errors:
                there = {one: live for one, live in found.items() if one[1] == namespace}
                problems += _unlike(new.get(name, []), there)
                was = {key(one): one for one in old.get(name, [])}
                problems += remade(
                    self.uids, uids, {key(one): (was[key(one)], one) for one in new.get(name, []) if key(one) in was}
                )
            if problems:
                outcome.problems[name] = problems
        if outcome.previewed != outcome.done and not outcome.problems:
            outcome.problems["stack"] = [f"previewed {outcome.previewed}, done {outcome.done}"]
        self.uids = uids
        return outcome

    def objects(self, name: str) -> list[Manifest]:
        """Return what an application's spec wants."""
        file = self.folder / "applications" / f"{name}.yaml"
        return objects(resolve(read(file, self.folder / "platform.yaml"), "dev"))

    def rendered(self, name: str, spec: dict[str, Any]) -> list[Manifest]:
        """Return what any spec of an application wants."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            file = Path(folder) / f"{name}.yaml"
            file.write_text(yaml.safe_dump(application(name, spec), sort_keys=False))
            return objects(resolve(read(file, self.folder / "platform.yaml"), "dev"))

    def destroy(self) -> None:
        """Remove everything."""
        self.must("destroy", "--yes", "--skip-preview")

    def write(self, specs: Specs, marks: str = "first") -> None:
        """Write the applications' files, and the value of their secrets."""
        folder = self.folder / "applications"
        for name in self.specs.keys() - specs.keys():
            (folder / f"{name}.yaml").unlink()
        for name, spec in specs.items():
            (folder / f"{name}.yaml").write_text(yaml.safe_dump(application(name, spec), sort_keys=False))
        config = {**self.config, **{f"{name}:api.token": f"{marks}-{name}" for name in specs}}
        config["stackwright:kubeconfig"] = str(self.kubeconfig)
        stack = self.folder / f"Pulumi.{self.name}.yaml"
        kept = yaml.safe_load(stack.read_text()) if stack.exists() else {}
        stack.write_text(yaml.safe_dump({**kept, "config": config}))
        self.specs = dict(specs)

    def _events(self, *arguments: str) -> list[dict[str, Any]]:
        log = self.folder / "events.json"
        log.unlink(missing_ok=True)
        done = self.run(*arguments, "--event-log", str(log))
        events = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        if done.returncode and not any(_errors(event) for event in events):
            events.append({"diagnosticEvent": {"severity": "error", "message": done.stdout[-3000:] + done.stderr}})
        return events

    def _truth(self, outcome: Outcome, name: str) -> list[str]:
        """Return where what was done is not what was previewed."""
        planned = [one for one in outcome.previewed if _belongs(one, name)]
        done = [one for one in outcome.done if _belongs(one, name)]
        return [] if planned == done else [f"previewed {planned}, done {done}"]


class Single(Fleet):
    """One application, deployed by the program of every stack."""

    program = (ROOT / "__main__.py").read_text()

    def __init__(self, folder: Path, name: str, kubeconfig: Path, *, fast: bool = True) -> None:
        super().__init__(folder, name, kubeconfig, fast=fast)
        self.application = name
        self.config = {
            "stackwright:application": f"applications/{name}.yaml",
            "stackwright:platform": "platform.yaml",
            "stackwright:environment": "dev",
        }


def _unlike(wanted: list[Manifest], there: Mapping[Key, Manifest]) -> list[str]:
    """Return where the cluster is not what the spec wants."""
    expected = {key(one): one for one in wanted if one["kind"] != "Namespace"}
    lost = [f"{'/'.join(one)} is missing" for one in expected.keys() - there.keys()]
    orphans = [f"{'/'.join(one)} is left over" for one in there.keys() - expected.keys() if not _kept(there[one])]
    wrong = [
        f"{'/'.join(one)}{text}"
        for one in expected.keys() & there.keys()
        for text in differences(expected[one], there[one])
    ]
    return [*lost, *orphans, *wrong]


def live(variables: Mapping[str, str], *where: str) -> dict[Key, Manifest]:
    """Return the objects that carry an owner's mark, of all namespaces or as the arguments of kubectl choose."""
    kinds = (
        "configmaps,cronjobs,deployments,horizontalpodautoscalers,ingresses,jobs,networkpolicies,persistentvolumeclaims,"
        "poddisruptionbudgets,secrets,serviceaccounts,services,statefulsets"
    )
    command = ["kubectl", "get", kinds, *(where or ("-A",)), "-o", "json"]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    marked = [one for one in json.loads(done.stdout)["items"] if OWNER in one["metadata"].get("annotations", {})]
    return {key(one): one for one in marked if not one["metadata"].get("deletionTimestamp")}


def _kept(one: Manifest) -> bool:
    return bool(one["metadata"]["annotations"].get(ON_REMOVAL) == "retain")


def _belongs(operation: Operation, name: str) -> bool:
    own = operation.urn.rpartition("::")[2]
    return own == name or own.startswith(f"{name}-")


def _errors(event: Mapping[str, Any]) -> list[str]:
    told = event.get("diagnosticEvent") or {}
    return [f"{told.get('urn', '')}: {told['message']}"] if told.get("severity") == "error" else []
