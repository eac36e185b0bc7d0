"""The real engine and cluster, and projects to deploy with them."""

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox import environment, lifecycle
from tests.cluster.proxy import Proxy, recording
from tests.conftest import ROOT
from tests.edits.fleet import Single

INGRESS = "http://127.0.0.1:30080"


class Pulumi:
    """A Pulumi project and one of its stacks; without a folder for the state, the sandbox's own keeps it."""

    def __init__(self, folder: Path, stack: str, state: Path | None = None) -> None:
        self.folder = folder
        self.stack = stack
        self.environment = {**os.environ, **environment.variables()}
        if state is not None:
            state.mkdir(exist_ok=True)
            self.environment["PULUMI_BACKEND_URL"] = f"file://{state}"

    def run(self, *arguments: str, timeout: int = 600) -> subprocess.CompletedProcess[str]:
        """Run pulumi and return what it did."""
        command = ["pulumi", *arguments, "--non-interactive", "--stack", self.stack]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def stackwright(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run stackwright in the project's folder."""
        command = [str(ROOT / ".venv" / "bin" / "stackwright"), *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )

    def must(self, *arguments: str) -> str:
        """Run pulumi, which must succeed, and return what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"pulumi {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def up(self) -> str:
        return self.must("up", "--yes", "--skip-preview")

    def operations(self) -> dict[str, str]:
        """Return what a preview would do, by the resource's name, without what stays the same."""
        steps = json.loads(self.must("preview", "--json"))["steps"]
        return {step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] != "same"}

    def resources(self) -> list[dict[str, Any]]:
        """Return the resources in the stack's state."""
        deployment = json.loads(self.must("stack", "export"))["deployment"]
        found: list[dict[str, Any]] = deployment.get("resources") or []
        return found


class Trial(Pulumi):
    """A small application of its own, which a test may change."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder, name, folder / "state")
        self.name = name
        self.application: dict[str, Any] = {
            "apiVersion": "stackwright.dev/v1",
            "kind": "Application",
            "metadata": {"name": name, "owner": "team", "platform": {"name": "sandbox"}},
            "spec": {
                "services": {
                    "catalogue": {
                        "build": {"context": "examples/shop/catalogue"},
                        "port": 8080,
                        "probes": {"readiness": "/ready"},
                        "replicas": 1,
                        "rollout": {"minReadySeconds": 1},
                        "shutdown": {"drainSeconds": 1},
                    }
                }
            },
        }
        self.namespace = f"{name}-dev"

    @property
    def services(self) -> dict[str, Any]:
        services: dict[str, Any] = self.application["spec"]["services"]
        return services

    def write(self) -> None:
        """Write the application as it now is."""
        (self.folder / "application.yaml").write_text(yaml.safe_dump(self.application, sort_keys=False))


@pytest.fixture(scope="session")
def kubectl() -> Callable[..., str]:
    """kubectl against the sandbox, which is brought up if it is not."""
    lifecycle.up()

    def run(*arguments: str) -> str:
        variables = {**os.environ, **environment.variables()}
        done = subprocess.run(["kubectl", *arguments], env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def kubeconfig() -> Path:
    """The kubeconfig of the sandbox, which has simulated nodes beside its own."""
    lifecycle.up(simulated_nodes=3)
    return Path(environment.variables()["KUBECONFIG"])


@pytest.fixture
def proxy(tmp_path: Path, kubeconfig: Path) -> Iterator[Proxy]:
    """A proxy before the sandbox's API server."""
    with recording(tmp_path, kubeconfig) as one:
        yield one


@pytest.fixture
def single(tmp_path: Path, kubeconfig: Path) -> Iterator[Callable[..., Single]]:
    """Applications on simulated nodes; whatever becomes of a test, its namespace is gone before the next."""
    made: list[Single] = []

    def one(name: str, *, kubeconfig: Path = kubeconfig, fast: bool = True) -> Single:
        made.append(Single(tmp_path / name, name, kubeconfig, fast=fast))
        return made[-1]

    yield one
    if spaces := [f"{project.application}-dev" for project in made]:
        command = ["kubectl", "delete", "namespaces", "--ignore-not-found", *spaces]
        variables = {**os.environ, **environment.variables()}
        subprocess.run(command, env=variables, check=True, capture_output=True, timeout=300)


def copied(folder: Path) -> Path:
    """Copy the Pulumi project to a folder; its environment is the repository's own."""
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy2(ROOT / name, folder / name)
    shutil.copytree(ROOT / "stacks", folder / "stacks", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.copytree(ROOT / "examples", folder / "examples")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


@pytest.fixture
def trial(tmp_path: Path, request: pytest.FixtureRequest, kubectl: Callable[..., str]) -> Iterator[Trial]:  # noqa: ARG001
    """A trial application, destroyed after the test."""
    name = "trial-" + "".join(letter for letter in request.node.name.removeprefix("test_") if letter.isalpha())[:16]
    one = Trial(copied(tmp_path), name.lower())
    for file in (one.folder / "stacks").glob("Pulumi.*.yaml"):
        file.unlink()
    one.must("stack", "init")
    one.must("config", "set", "application", "application.yaml")
    one.must("config", "set", "environment", "dev")
    one.write()
    yield one
    one.run("cancel", "--yes")
    one.run("destroy", "--yes", "--skip-preview")


def answer(
    host: str, path: str = "/", *, data: bytes | None = None, cookie: str = "", seconds: float = 3
) -> tuple[int, str]:
    """Return status and text of one request through the sandbox's ingress; status 0 when nothing answers."""
    headers = {"Host": host, **({"Cookie": cookie} if cookie else {})}
    request = urllib.request.Request(f"{INGRESS}{path}", data=data, headers=headers)

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay())
    try:
        with opener.open(request, timeout=seconds) as found:
            return found.status, found.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Location", "") or error.read().decode()
    except OSError:
        return 0, ""
