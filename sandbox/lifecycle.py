"""Starting, stopping and looking at the sandbox, step by step; every step may be repeated."""

import os
import platform
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal

from sandbox import environment, owner
from sandbox.addons.addon import Addon, Ground, start_all
from sandbox.addons.catalogue import CORE, ON_DEMAND, having, keep
from sandbox.cluster import control_plane, network, node, simulated
from sandbox.cluster.addresses import NODE_NAME
from sandbox.cluster.kubectl import Kubectl
from sandbox.engine import install_plugins, provide_engine
from sandbox.errors import SandboxError
from sandbox.images import base, builder, registry
from sandbox.images.scratch import push_program
from sandbox.layout import Layout, layout
from sandbox.process import running, stop, stop_rest
from sandbox.progress import step
from sandbox.tools import debian
from sandbox.tools.catalogue import CONTROL_PLANE, NODE, SIMULATION
from sandbox.tools.go import built
from sandbox.tools.links import link

Nodes = Literal["real", "simulated"]

_WAYS_OUT = (
    "Use another cluster (stack config `stackwright:kubeconfig`), or `stackwright sandbox up --nodes simulated`, "
    "which simulates the pods and nothing else."
)


def up(
    *, nodes: Nodes = "real", simulated_nodes: int = 0, addons: Collection[str] = (), where: Layout | None = None
) -> Layout:
    """Bring everything up that is not up, and return where it lives.

    `simulated_nodes` are added beside the real node, or make up the cluster. `addons` are added to those that the
    sandbox has already.

    Raises:
        SandboxError: it cannot run here, or a step failed; what runs by then keeps running and the next call goes on.

    """
    here = where or layout()
    wanted = having(here, addons) if nodes == "real" else _none(addons)
    if nodes == "real":
        _must_be_able_to_run(here)
        _own(here)
    here.make()
    tools = _provide(here, nodes, wanted, with_simulation=bool(simulated_nodes) or nodes == "simulated")
    _show(here, tools)
    with step("Pulumi: home, plugins and state"):
        install_plugins(here, tools, environment.variables(here))
    if nodes == "real":
        _ground(here, tools)
    with step("control plane"):
        files = control_plane.start_control_plane(here, tools, node=nodes == "real")
    ground = Ground(here, tools, files, Kubectl(here, tools["kubectl"]))
    if nodes == "real":
        _start_node(ground, wanted)
    if count := simulated_nodes or (3 if nodes == "simulated" else 0):
        with step(f"{count} simulated nodes"):
            simulated.start_simulation(here, tools, files)
            simulated.add_nodes(ground.kubectl, count, tainted=nodes == "real")
    return here


def _none(asked: Collection[str]) -> tuple[Addon, ...]:
    if names := ", ".join(asked):
        raise SandboxError(f"Simulated nodes run no pods, so there is no {names} on them.", "Leave out one of the two.")
    return ()


def _start_node(ground: Ground, wanted: tuple[Addon, ...]) -> None:
    """Start the node and what the cluster runs on it."""
    here, tools, files, kubectl = ground.layout, ground.tools, ground.certificates, ground.kubectl
    # From here on the cluster may have some of it; a start that dies is finished by the next, whoever asks for what.
    keep(here, wanted)
    with step("node"):
        plugins = [plugin for addon in wanted for plugin in addon.plugins(here, files)]
        node.start_node(here, tools, files, plugins)
        kubectl.run("wait", "--for=create", f"node/{NODE_NAME}", "--timeout=60s")
        kubectl.run("wait", f"node/{NODE_NAME}", "--for=condition=Ready", "--timeout=60s")
        node.start_proxy(here, tools, files)
    with step("DNS, metrics, storage and ingress"):
        start_all(CORE, ground, 120)
    for addon in wanted:
        with step(f"{addon.name}: {addon.purpose}"):
            start_all((addon,), ground, 180)


def down(*, purge: bool = False, where: Layout | None = None) -> None:
    """Stop everything and remove what it left on the machine; keep the data unless it is to be purged too."""
    here = where or layout()
    root = os.geteuid() == 0
    with step("stop the sandbox"):
        processes = [part.name for addon in ON_DEMAND for part in addon.processes()]
        for component in (*processes, "kwok", "kubelet", "kube-proxy", "buildkitd", "containerd"):
            stop(here, component)
        if root and owner.owner() in (None, here.root):
            _sweep(here)
        for component in (*reversed(control_plane.COMPONENTS), registry.COMPONENT):
            stop(here, component)
        stop_rest(here)
        owner.release(here)
    if purge and here.root.exists():
        with step("delete its data"):
            shutil.rmtree(here.root)


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
    has_it = owner.owner()
    if has_it not in (None, here.root):
        other = Layout(has_it, here.cache)
        if running(other):
            raise SandboxError(
                f"Another sandbox is up on this machine: {has_it}.", "Stop it there with `stackwright sandbox down`."
            )
        # It was killed, and what it left would be in the way.
        _sweep(other)
        stop_rest(other)
    elif has_it is None and shutil.which("iptables") and network.leftovers():
        raise SandboxError("Another Kubernetes node runs here, and its network rules are in the way.", _WAYS_OUT)
    owner.take(here)


def _sweep(here: Layout) -> None:
    """Remove what a sandbox's node left on the machine: pods, mounts, cgroups, interfaces, routes and rules."""
    stop(here, "containerd")
    node.remove_pods(here)
    if shutil.which("iptables") and shutil.which("ip"):
        network.down()


def _provide(here: Layout, nodes: Nodes, wanted: tuple[Addon, ...], *, with_simulation: bool) -> dict[str, Path]:
    """Return every program the sandbox needs, building and unpacking what is missing."""
    tools = dict(_programs_of_node(here)) if nodes == "real" else {}
    tools |= provide_engine(here)
    tools |= built(here, CONTROL_PLANE)
    if with_simulation:
        tools |= built(here, SIMULATION)
    for addon in wanted:
        tools |= addon.programs(here)
    return tools


def _programs_of_node(here: Layout) -> Iterator[tuple[str, Path]]:
    debian.install_tools()
    yield from debian.provide(here, debian.NODE).items()
    yield from built(here, NODE).items()
    for addon in CORE:
        yield from addon.programs(here).items()


def _show(here: Layout, tools: dict[str, Path]) -> None:
    """Put these tools on PATH; not the providers, which are plugins: there Pulumi would warn of them at every run."""
    own = {name: path for name, path in tools.items() if path.is_relative_to(here.cache)}
    link(here.bin, {name: path for name, path in own.items() if not name.startswith("pulumi-resource-")})


def _ground(here: Layout, tools: dict[str, Path]) -> None:
    """Bring up what the cluster stands on: network, registry, images and the builder."""
    with step("network"):
        network.up()
    with step("registry and BuildKit"):
        registry.start_registry(here, tools)
        builder.start_builder(here, tools)
    with step("images"):
        push_program(here, "pause", tools["pause"], "1")
        base.push_base_images(here)
