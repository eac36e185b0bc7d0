"""The sandbox's cluster, as the mesh tests use it."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import yaml

from sandbox import environment


def kubectl(*arguments: str, given: str | None = None) -> str:
    """Run kubectl against the sandbox, which must succeed, and return what it prints."""
    variables = {**os.environ, **environment.variables()}
    command = ["kubectl", *arguments]
    done = subprocess.run(command, env=variables, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"kubectl {' '.join(arguments)}\n{done.stderr}"
    return done.stdout


def apply(*objects: dict[str, Any]) -> None:
    """Apply objects; istiod's webhook has its say."""
    kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", given=yaml.safe_dump_all(objects))


@contextmanager
def namespace(test: str, labels: Mapping[str, str] | None = None) -> Iterator[str]:
    """Make a namespace for a test, of a name that no other run has, and delete it afterwards."""
    words = re.sub("[^a-z]+", "-", test.removeprefix("test_").lower())[:40].strip("-")
    metadata = {"generateName": f"{words}-", "labels": dict(labels or {})}
    made = yaml.safe_dump({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    name = kubectl("create", "-o", "jsonpath={.metadata.name}", "-f", "-", given=made)
    try:
        yield name
    finally:
        kubectl("delete", "namespace", name, "--wait=false")
