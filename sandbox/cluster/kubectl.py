"""The cluster's kubectl, with the administrator's kubeconfig."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import yaml

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

    def define(self, manifests: str) -> None:
        """Apply CustomResourceDefinitions, unless these are there: the API server takes long over each."""
        digest = hashlib.sha256(manifests.encode()).hexdigest()[:16]
        objects = [one for one in yaml.load_all(manifests, yaml.CSafeLoader) if one]
        names = [f"crd/{one['metadata']['name']}" for one in objects]
        path = "-o=jsonpath={range .items[*]}{.metadata.annotations.stackwright\\.dev/digest}{'\\n'}{end}"
        if self.run("get", *names, "--ignore-not-found", path).split() == [digest] * len(names):
            return
        for one in objects:
            one["metadata"].setdefault("annotations", {})["stackwright.dev/digest"] = digest
        self.apply(yaml.dump_all(objects, Dumper=yaml.CSafeDumper))
        self.run("wait", "--for=condition=Established", "--timeout=60s", *names)

    def get(self, *arguments: str) -> Any:
        """Return objects as plain values."""
        return json.loads(self.run("get", *arguments, "-o", "json"))
