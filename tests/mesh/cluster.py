"""The sandbox's cluster, as the mesh tests use it."""

import os
import re
import secrets
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


def fresh_name(test: str) -> str:
    """Return a name for what a test makes, which no other run has: what that one made may still be going."""
    words = re.sub("[^a-z]+", "-", test.removeprefix("test_").lower())[:24].strip("-")
    return f"{words}-{secrets.token_hex(3)}"


@contextmanager
def namespace(test: str, labels: Mapping[str, str]) -> Iterator[str]:
    """Make a namespace for a test, and delete it afterwards."""
    name = fresh_name(test)
    apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels)}})
    try:
        yield name
    finally:
        kubectl("delete", "namespace", name, "--wait=false")
