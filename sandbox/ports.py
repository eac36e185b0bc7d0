"""The addresses on 127.0.0.1 that the sandbox listens on."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Port:
    """A port on 127.0.0.1 and the component that has it."""

    number: int
    component: str

    @property
    def address(self) -> str:
        """`host:port`."""
        return f"{HOST}:{self.number}"


API_SERVER = Port(6443, "kube-apiserver")
REGISTRY = Port(5000, "registry")
BUILDKIT = Port(5001, "buildkitd")
ETCD = Port(12379, "etcd")
ETCD_PEER = Port(12380, "etcd")
INGRESS = Port(30080, "kube-proxy")
"""A NodePort: it answers once kube-proxy has written its rules; nothing listens."""

MESH_INGRESS = Port(30081, "kube-proxy")
MESH_INGRESS_TLS = Port(30443, "kube-proxy")
"""The mesh's own way in, NodePorts too."""
DISCOVERY = Port(9091, "prometheus-discovery")
PROMETHEUS_PORT = 9090
"""On the bridge, where pods reach it."""


def listens(port: Port) -> bool:
    """Return whether something accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port.number)) == 0


def must_be_free(port: Port) -> None:
    """Check that nobody else has the port.

    Raises:
        SandboxError: naming the process that has it.

    """
    if not listens(port):
        return
    holder = _holder(port.number)
    raise SandboxError(
        f"Port {port.number} on {HOST}, which {port.component} needs, is taken by {holder}.", "Stop it and try again."
    )


def _holder(number: int) -> str:
    """Return the name and pid of the process that listens on a port, as far as /proc tells."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:] if Path(table).exists() else ():
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == number:
                inodes.add(f"socket:[{fields[9]}]")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(os.readlink(link) in inodes for link in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
        except OSError:
            continue
    return "another process"
