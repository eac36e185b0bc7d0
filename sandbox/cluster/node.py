"""The node: containerd, kubelet and kube-proxy, with their own configuration and never the machine's."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from sandbox.cluster.addresses import BRIDGE, DNS_SERVICE, NODE, NODE_NAME, NODE_RANGE, POD_RANGE
from sandbox.cluster.certificates import Certificates
from sandbox.cluster.kubeconfig import write_kubeconfig
from sandbox.errors import SandboxError
from sandbox.layout import RUN, Layout
from sandbox.ports import HOST, REGISTRY
from sandbox.process import last_words, start, wait_until
from sandbox.settings import write_settings
from sandbox.tools.links import link

COMPONENTS = ("containerd", "kubelet", "kube-proxy")
PAUSE = f"{REGISTRY.address}/sandbox/pause:1"
SOCKET = RUN / "containerd.sock"
_KUBELET_HEALTH = 10248
_KUBELET_SECONDS = 60
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Never through a proxy that the environment may name."""
_CGROUPS = Path("/sys/fs/cgroup")


def start_node(
    layout: Layout, tools: dict[str, Path], files: Certificates, plugins: Sequence[dict[str, object]]
) -> None:
    """Start containerd and the kubelet; the registry must already serve the pause image.

    `plugins` are the settings of CNI plugins that follow the cluster's own; each one's `type` names its program.
    """
    RUN.mkdir(exist_ok=True)
    _write_network(layout, tools, plugins)
    _write_containerd_config(layout, tools)
    start(layout, "containerd", (tools["containerd"], "--config", layout.config / "containerd.toml"))
    wait_until(_containerd_answers, layout, "containerd", 30)
    _start_kubelet(layout, tools, files)


def _start_kubelet(layout: Layout, tools: dict[str, Path], files: Certificates) -> None:
    """Start the kubelet and wait until it is healthy.

    It ends when containerd, whose socket already listens, is still getting ready; then it is started again.
    """
    kubeconfig = write_kubeconfig(files, "kubelet", layout.config / "kubelet.kubeconfig")
    command = (
        tools["kubelet"],
        f"--config={_write_kubelet_config(layout, files)}",
        f"--kubeconfig={kubeconfig}",
        f"--hostname-override={NODE_NAME}",
        f"--node-ip={NODE}",
        f"--root-dir={RUN / 'kubelet'}",
        f"--cert-dir={layout.data / 'kubelet'}",
    )
    deadline = time.monotonic() + _KUBELET_SECONDS
    while not _kubelet_is_healthy():
        start(layout, "kubelet", command)
        if time.monotonic() > deadline:
            raise SandboxError(f"the kubelet did not become healthy: {last_words(layout, 'kubelet')}")
        time.sleep(0.3)


def _kubelet_is_healthy() -> bool:
    try:
        with _DIRECT.open(f"http://{HOST}:{_KUBELET_HEALTH}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def start_proxy(layout: Layout, tools: dict[str, Path], files: Certificates) -> None:
    """Start kube-proxy; it gives up when the node is not registered, so that comes first."""
    proxy = write_kubeconfig(files, "kube-proxy", layout.config / "kube-proxy.kubeconfig")
    config = _write_proxy_config(layout, proxy)
    start(layout, "kube-proxy", (tools["kube-proxy"], f"--config={config}", f"--hostname-override={NODE_NAME}"))


def _containerd_answers() -> bool:
    """Return whether something listens on containerd's socket; a killed containerd leaves the file behind."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(SOCKET)) == 0


def remove_pods(layout: Layout) -> None:
    """End what containers left behind after containerd and its shims are gone: processes, mounts, cgroups."""
    for group in sorted(_groups(), key=lambda path: len(path.parts), reverse=True):
        for pid in (group / "cgroup.procs").read_text().split() if (group / "cgroup.procs").exists() else ():
            _kill(int(pid))
    for attempt in range(20):
        left = [group for group in sorted(_groups(), key=lambda p: len(p.parts), reverse=True) if not _removed(group)]
        if not left:
            break
        time.sleep(0.1 * (attempt + 1))
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    ours = (str(RUN), str(layout.root))
    for mount in reversed([mount for mount in mounts if mount.startswith(ours) or _is_netns_of_cni(mount)]):
        subprocess.run(["umount", "-l", mount], capture_output=True, check=False)
    for namespace in _NETNS.glob("cni-*") if _NETNS.exists() else ():
        namespace.unlink(missing_ok=True)
    shutil.rmtree(RUN, ignore_errors=True)
    shutil.rmtree(layout.data / "cni", ignore_errors=True)


_NETNS = Path("/run/netns")


def _is_netns_of_cni(mount: str) -> bool:
    return mount.startswith(f"{_NETNS}/cni-")


def _groups() -> list[Path]:
    """Return every cgroup of the sandbox's pods, in every hierarchy, v1 or v2."""
    return [folder for root in _CGROUPS.glob("**/kubepods*") for folder in (root, *_folders(root))]


def _folders(root: Path) -> list[Path]:
    return [Path(parent) / name for parent, names, _ in os.walk(root) for name in names]


def _removed(group: Path) -> bool:
    try:
        group.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _write_containerd_config(layout: Layout, tools: dict[str, Path]) -> None:
    certs = layout.config / "registries" / REGISTRY.address
    server = f"http://{REGISTRY.address}"
    write_settings(
        certs / "hosts.toml",
        f'server = "{server}"\n\n[host."{server}"]\n  capabilities = ["pull", "resolve"]\n',
    )
    write_settings(
        layout.config / "containerd.toml",
        f"""version = 2
root = "{layout.data / "containerd"}"
state = "{RUN / "containerd"}"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]

[grpc]
  address = "{SOCKET}"

[ttrpc]
  address = "{SOCKET}.ttrpc"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE}"
  # Some kernels refuse a negative oom_score_adj, and without this every pod fails there.
  restrict_oom_score_adj = true
  stream_server_address = "{HOST}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{_plugin_folder(layout)}"
    conf_dir = "{layout.config / "cni"}"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{certs.parent}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      BinaryName = "{tools["runc"]}"
""",
    )


def _plugin_folder(layout: Layout) -> Path:
    return layout.root / "cni-plugins"


def _write_network(layout: Layout, tools: dict[str, Path], plugins: Sequence[dict[str, object]]) -> None:
    """Write the pods' network. containerd follows the folder: what changes holds for the next pod."""
    programs = {path.name: path for path in tools["bridge"].parent.iterdir()}
    programs |= {str(plugin["type"]): tools[str(plugin["type"])] for plugin in plugins}
    _plugin_folder(layout).mkdir(exist_ok=True)
    link(_plugin_folder(layout), programs)
    network = _network(layout)
    settings = {**network, "plugins": [*network["plugins"], *plugins]}
    write_settings(layout.config / "cni" / "10-sandbox.conflist", json.dumps(settings, indent=2))


def _network(layout: Layout) -> dict[str, Any]:
    addresses = {"type": "host-local", "dataDir": str(layout.data / "cni"), "ranges": [[{"subnet": NODE_RANGE}]]}
    bridge = {
        "type": "bridge",
        "bridge": BRIDGE,
        "isGateway": True,
        "ipMasq": False,
        "hairpinMode": True,
        "ipam": {**addresses, "routes": [{"dst": "0.0.0.0/0"}]},
    }
    return {
        "cniVersion": "0.4.0",
        "name": "sandbox",
        "plugins": [bridge, {"type": "portmap", "capabilities": {"portMappings": True}}],
    }


def _write_kubelet_config(layout: Layout, files: Certificates) -> Path:
    resolver = layout.config / "resolv.conf"
    # Pods ask the cluster's DNS; names outside it have no answer here.
    write_settings(resolver, "")
    config = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": NODE,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(files.crt("ca"))},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": False,
        "failSwapOn": False,
        "containerRuntimeEndpoint": f"unix://{SOCKET}",
        "clusterDomain": "cluster.local",
        "clusterDNS": [DNS_SERVICE],
        "resolvConf": str(resolver),
        "healthzBindAddress": HOST,
        "healthzPort": _KUBELET_HEALTH,
        # The disk is the machine's: how full it is says nothing of the sandbox.
        "imageGCHighThresholdPercent": 100,
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "0%",
            "imagefs.available": "0%",
            "nodefs.inodesFree": "0%",
        },
        "localStorageCapacityIsolation": True,
        "maxPods": 200,
        "registryPullQPS": 50,
        "registryBurst": 100,
        "serializeImagePulls": False,
        "shutdownGracePeriod": "0s",
    }
    return write_settings(layout.config / "kubelet.yaml", yaml.safe_dump(config, sort_keys=False))


def _write_proxy_config(layout: Layout, kubeconfig: Path) -> Path:
    config = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": str(kubeconfig)},
        "clusterCIDR": POD_RANGE,
        "mode": "iptables",
        "nodePortAddresses": ["127.0.0.0/8"],
        "conntrack": {"maxPerCore": 0},
        "healthzBindAddress": f"{HOST}:10256",
        "metricsBindAddress": f"{HOST}:10249",
    }
    return write_settings(layout.config / "kube-proxy.yaml", yaml.safe_dump(config, sort_keys=False))
