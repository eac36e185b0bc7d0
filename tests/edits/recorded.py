"""An engine that only plans: it compares what a program registers with what it registered before.

It knows how Pulumi's engine turns registrations into operations and which changes of an object its Kubernetes provider
makes by replacement, and nothing else. Every plan of it over the edits that the real engine runs is held against that.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from components.manifests.objects import Manifest
from tests.conftest import ROOT
from tests.edits.law import Key, Operation, immutable_change, key

Registration = dict[str, Any]
"""What a program registers: urn, type, object, and the options that matter."""


def registrations(folder: Path, stack: str) -> dict[str, Registration]:
    """Run the project's program against an engine that echoes; return what it registers, by URN."""
    config = {
        (name if ":" in name else f"fleet:{name}"): value
        for name, value in _yaml(folder / f"Pulumi.{stack}.yaml")["config"].items()
    }
    variables = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PULUMI_CONFIG": json.dumps({**config, "stackwright:offline": "true"}),
        "RECORD": str(folder / "registrations.json"),
    }
    engine = subprocess.Popen(
        [sys.executable, "-m", "tests.echo.engine"],
        env=variables,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert engine.stdin
    assert engine.stdout
    with engine:
        address = engine.stdout.readline().strip()
        command = [sys.executable, "-m", "tests.echo.program", address, "__main__.py", "fleet", stack]
        done = subprocess.run(command, env=variables, cwd=folder, capture_output=True, text=True, check=False)
        engine.stdin.close()
        engine.stdout.read()
    assert done.returncode == 0, done.stderr
    found = json.loads((folder / "registrations.json").read_text())
    return {one["urn"]: one for one in found if one["type"].startswith("kubernetes:")}


def plan(before: dict[str, Registration], after: dict[str, Registration]) -> tuple[list[Operation], list[Key]]:
    """Return the operations from one state to the other, sorted, and the objects that they delete for good."""
    found: list[Operation] = []
    deleted: list[Key] = []
    for urn, new in after.items():
        if urn not in before:
            found.append(Operation(urn, "create"))
        elif (old := before[urn])["object"] != new["object"]:
            if not _replaced(old["object"], new["object"], new["replaceOnChanges"]):
                found.append(Operation(urn, "update"))
                continue
            found += [Operation(urn, op) for op in ("create-replacement", "delete-replaced", "replace")]
            if not old["retainOnDelete"]:
                deleted.append(key(old["object"]))
    gone = before.keys() - after.keys()
    namespaces = {before[urn]["object"]["metadata"]["name"] for urn in gone if _is_namespace(before[urn])}
    for urn in gone:
        found.append(Operation(urn, "delete"))
        old = before[urn]
        if not old["retainOnDelete"] and old["object"]["metadata"].get("namespace") not in namespaces:
            deleted.append(key(old["object"]))
    return sorted(found, key=lambda one: (one.urn, one.op)), deleted


def doubled(after: Iterable[Registration]) -> list[str]:
    """Return the objects that two resources of one program want."""
    keys = [key(one["object"]) for one in after]
    return [f"{'/'.join(one)} is wanted twice" for one in sorted(set(keys)) if keys.count(one) > 1]


def _replaced(old: Manifest, new: Manifest, paths: list[str]) -> bool:
    moved = key(old) != key(new)
    watched = "spec.template" in paths and old["spec"]["template"] != new["spec"]["template"]
    return moved or watched or immutable_change(old, new)


def _is_namespace(one: Registration) -> bool:
    return bool(one["object"]["kind"] == "Namespace")


def _yaml(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text())
    return found
