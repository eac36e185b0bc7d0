"""Simulated nodes: kwok claims that their pods run, so that large cases fit a small machine."""

from pathlib import Path

import yaml

from sandbox.cluster.certificates import Certificates
from sandbox.cluster.kubeconfig import write_kubeconfig
from sandbox.cluster.kubectl import Kubectl
from sandbox.layout import Layout
from sandbox.ports import HOST
from sandbox.process import start
from sandbox.settings import write_settings
from sandbox.tools.go import module_folder

COMPONENT = "kwok"
_STAGES = ("node/fast", "node/heartbeat-with-lease", "pod/fast")
"""kwok's own descriptions of how nodes and pods come and go, the quick ones."""
_CAPACITY = {"cpu": "64", "memory": "256Gi", "pods": "1000", "ephemeral-storage": "1Ti"}


def start_simulation(layout: Layout, tools: dict[str, Path], files: Certificates) -> None:
    """Start kwok with the stages of a quick node: pods become ready at once."""
    stages = layout.config / "kwok.yaml"
    source = module_folder("kwok", "sigs.k8s.io/kwok") / "kustomize" / "stage"
    files_of_stages = [path for folder in _STAGES for path in sorted((source / folder).glob("*.yaml"))]
    texts = [path.read_text() for path in files_of_stages if path.name != "kustomization.yaml"]
    write_settings(stages, "\n---\n".join(texts))
    kubeconfig = write_kubeconfig(files, "kwok", layout.config / "kwok.kubeconfig")
    start(
        layout,
        COMPONENT,
        (
            tools["kwok"],
            f"--kubeconfig={kubeconfig}",
            f"--config={stages}",
            "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
            # Without leases the nodes count as lost after 50 s, and their pods as not ready.
            "--node-lease-duration-seconds=40",
            f"--server-address={HOST}:10247",
        ),
    )


def add_nodes(kubectl: Kubectl, count: int, *, tainted: bool) -> None:
    """Add simulated nodes; beside a real node they carry a taint, so that only pods that ask for them land there."""
    nodes = []
    for number in range(count):
        name = f"simulated-{number}"
        labels = {
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "type": "kwok",
            "topology.kubernetes.io/zone": f"zone-{'abc'[number % 3]}",
        }
        taint = {"key": "kwok.x-k8s.io/node", "value": "fake", "effect": "NoSchedule"}
        nodes.append(
            {
                "apiVersion": "v1",
                "kind": "Node",
                "metadata": {"name": name, "labels": labels, "annotations": {"kwok.x-k8s.io/node": "fake"}},
                "spec": {"taints": [taint]} if tainted else {},
                "status": {"allocatable": _CAPACITY, "capacity": _CAPACITY},
            }
        )
    if nodes:
        kubectl.apply(yaml.safe_dump_all(nodes, sort_keys=False))
