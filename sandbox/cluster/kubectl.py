"""The cluster's kubectl, with the administrator's kubeconfig."""

import json
import subprocess
from pathlib import Path
from typing import Any

from sandbox.errors import SandboxError
from sandbox.layout import Layout


class Kubectl:
    """Runs kubectl against the sandbox's cluster and nothing else."""

    def __init__(self, layout: Layout, program: Path) -> None:
        self._command = [str(program), f"--kubeconfig={layout.kubeconfig}"]

    def run(self, *arguments: str, given: str | None = None) -> str:
        """Return what a command prints.

        Raises:
            SandboxError: the command failed.

        """
        done = subprocess.run([*self._command, *arguments], input=given, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            words = done.stderr.strip().splitlines()
            raise SandboxError(f"kubectl {arguments[0]} failed: {words[-1] if words else 'it said nothing'}")
        return done.stdout

    def apply(self, manifests: str) -> None:
        """Apply objects, given as YAML, on the server's side."""
        self.run("apply", "--server-side", "--force-conflicts", "-f", "-", given=manifests)

    def get(self, *arguments: str) -> Any:
        """Return objects as plain values."""
        return json.loads(self.run("get", *arguments, "-o", "json"))
