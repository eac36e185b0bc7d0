"""What every cluster of the sandbox runs: DNS, metrics, storage and a way in."""

from importlib import resources
from pathlib import Path

import jinja2

from sandbox.cluster.addresses import DNS_SERVICE
from sandbox.cluster.kubectl import Kubectl
from sandbox.errors import SandboxError
from sandbox.images.base import TAG
from sandbox.images.scratch import push_program
from sandbox.layout import Layout
from sandbox.ports import INGRESS, REGISTRY

PROGRAMS = ("coredns", "metrics-server", "traefik", "local-path-provisioner")
_DEPLOYMENTS = {
    "coredns": ("kube-system", "coredns"),
    "metrics-server": ("kube-system", "metrics-server"),
    "storage": ("storage", "provisioner"),
    "traefik": ("ingress", "traefik"),
}


def push_addons(layout: Layout, tools: dict[str, Path]) -> None:
    """Push the images of the programs, tagged by what they were built from."""
    for name in PROGRAMS:
        push_program(layout, name, tools[name], _tag(tools[name]))


def apply_addons(layout: Layout, tools: dict[str, Path], kubectl: Kubectl) -> None:
    """Apply every add-on's objects."""
    values = {
        "registry": REGISTRY.address,
        "tags": {name: _tag(tools[name]) for name in PROGRAMS},
        "base_tag": TAG,
        "dns_service": DNS_SERVICE,
        "ingress_port": INGRESS.number,
        "volumes": str(layout.data / "volumes"),
    }
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - YAML
    folder = resources.files("sandbox.cluster").joinpath("addons")
    texts = [
        environment.from_string(folder.joinpath(f"{name}.yaml").read_text()).render(values) for name in _DEPLOYMENTS
    ]
    kubectl.apply("\n---\n".join(texts))


def wait_for_addons(kubectl: Kubectl, seconds: int) -> None:
    """Wait until every add-on is available and metrics are served."""
    for namespace, name in _DEPLOYMENTS.values():
        kubectl.run("rollout", "status", f"deployment/{name}", "-n", namespace, f"--timeout={seconds}s")
    kubectl.run("wait", "apiservice/v1beta1.metrics.k8s.io", "--for=condition=Available", f"--timeout={seconds}s")


def _tag(program: Path) -> str:
    """Return the tag of a program's image: the folder it was built into is named by its version or its pins' hash."""
    tag = program.parent.name.rpartition("-")[2]
    if not tag:
        raise SandboxError(f"{program} has no version in its path.")
    return tag
