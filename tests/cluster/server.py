"""Asking the sandbox's API server for objects."""

import os
import subprocess
from collections.abc import Iterable

import yaml

from components.manifests.objects import Manifest
from sandbox import environment


def applied(found: Iterable[Manifest], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Ask the API server to apply objects, and return what it says."""
    command = ["kubectl", "apply", "--server-side", "--force-conflicts", *arguments, "-f", "-"]
    variables = {**os.environ, **environment.variables()}
    text = yaml.safe_dump_all(found)
    return subprocess.run(command, input=text, env=variables, capture_output=True, text=True, check=False)
