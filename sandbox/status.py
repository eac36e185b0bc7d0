"""What the sandbox consists of, whether it runs, and what it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.addons.addon import Addon, Deployment
from sandbox.addons.catalogue import CORE, having
from sandbox.cluster import control_plane, network, node, simulated
from sandbox.cluster.kubectl import Kubectl
from sandbox.errors import SandboxError
from sandbox.images import builder, registry
from sandbox.layout import RUN, Layout, layout
from sandbox.owner import MARK, owner
from sandbox.ports import API_SERVER, BUILDKIT, ETCD, INGRESS, REGISTRY
from sandbox.process import Running, running


@dataclass(frozen=True, slots=True)
class Component:
    """A process or a Deployment of the sandbox, and whether it runs."""

    name: str
    up: bool
    process: Running | None
    """Nothing when it runs as pods."""
    address: str
    namespace: str = ""
    """Of its Deployment."""


def status(where: Layout | None = None) -> list[Component]:
    """Return the components that the sandbox has, in the order in which they start."""
    here = where or layout()
    alive = running(here)
    real = "kubelet" in alive or owner() == here.root
    names: tuple[str, ...] = control_plane.COMPONENTS
    if real:
        names = (registry.COMPONENT, builder.COMPONENT, *names, *node.COMPONENTS)
    if simulated.COMPONENT in alive:
        names = (*names, simulated.COMPONENT)
    addresses = {port.component: port.address for port in (API_SERVER, BUILDKIT, ETCD, REGISTRY)}
    addresses["kube-proxy"] = f"{INGRESS.address} (ingress)"
    found = [Component(name, name in alive, alive.get(name), addresses.get(name, "")) for name in names]
    return [*found, *(_parts(here, (*CORE, *having(here, ())), alive) if real else ())]


def _parts(here: Layout, addons: tuple[Addon, ...], alive: dict[str, Running]) -> Iterator[Component]:
    available = _available(here)
    for part in (part for addon in addons for part in addon.parts):
        if isinstance(part, Deployment):
            up = (part.namespace, part.name) in available
            yield Component(part.name, up, None, part.address, part.namespace)
        else:
            yield Component(part.name, part.name in alive, alive.get(part.name), part.address)


def _available(here: Layout) -> set[tuple[str, str]]:
    """Return namespace and name of the Deployments with a pod that is ready; none when the API server is silent."""
    try:
        found = Kubectl(here, here.bin / "kubectl").get("deployments", "--all-namespaces", "--request-timeout=5s")
    except (SandboxError, FileNotFoundError):
        return set()
    return {
        (one["metadata"]["namespace"], one["metadata"]["name"])
        for one in found["items"]
        if one.get("status", {}).get("availableReplicas")
    }


def leftovers(where: Layout | None = None) -> list[str]:
    """Return what is on the machine that a stopped sandbox must not leave there."""
    here = where or layout()
    found = [f"process {one.component} (pid {one.pid})" for one in running(here).values()]
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    found += [f"mount {mount}" for mount in mounts if mount.startswith((str(RUN), str(here.root)))]
    found += [f"folder {path}" for path in (RUN, MARK) if path.exists()]
    return found + network.leftovers()


def log_command(where: Layout, component: str, lines: int, *, follow: bool) -> list[str] | None:
    """Return the command that shows a component's log, or nothing when there is none."""
    following = ["-f"] if follow else []
    file = where.logs / f"{component}.log"
    if file.exists():
        return ["tail", f"-n{lines}", *following, str(file)]
    for one in status(where):
        if one.name == component and one.namespace:
            kubectl = [str(where.bin / "kubectl"), f"--kubeconfig={where.kubeconfig}", "logs", "-n", one.namespace]
            return [*kubectl, f"deployment/{component}", f"--tail={lines}", *following]
    return None
