"""etcd, the API server, the controller manager and the scheduler."""

import subprocess
from pathlib import Path

from sandbox.cluster.addresses import NODE, POD_RANGE, SERVICE_RANGE
from sandbox.cluster.certificates import Certificates, certificates
from sandbox.cluster.kubeconfig import write_kubeconfig
from sandbox.layout import Layout
from sandbox.ports import API_SERVER, ETCD, ETCD_PEER, HOST, must_be_free
from sandbox.process import running, start, wait_until

COMPONENTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")


def start_control_plane(layout: Layout, tools: dict[str, Path], *, node: bool) -> Certificates:
    """Start the control plane and wait until the API server is ready.

    With a `node`, pods reach the API server through the bridge; without one it stays on 127.0.0.1.
    """
    files = certificates(layout.data / "certificates")
    alive = running(layout)
    for port in (ETCD, API_SERVER):
        if port.component not in alive:
            must_be_free(port)
    start(layout, "etcd", _etcd(layout, tools))
    write_kubeconfig(files, "admin", layout.kubeconfig)
    start(layout, "kube-apiserver", _api_server(tools, files, node=node))
    wait_until(lambda: _ready(layout, tools), layout, "kube-apiserver", 90)
    for component, client in (("kube-controller-manager", "controller-manager"), ("kube-scheduler", "scheduler")):
        kubeconfig = write_kubeconfig(files, client, layout.config / f"{client}.kubeconfig")
        arguments = _controller_manager(files, kubeconfig) if client == "controller-manager" else ()
        common = (f"--kubeconfig={kubeconfig}", "--leader-elect=false", f"--bind-address={HOST}")
        start(layout, component, (tools[component], *common, *arguments))
    return files


def _etcd(layout: Layout, tools: dict[str, Path]) -> tuple[str | Path, ...]:
    client, peer = f"http://{ETCD.address}", f"http://{ETCD_PEER.address}"
    return (
        tools["etcd"],
        f"--data-dir={layout.data / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        # A power cut may lose the last second of a sandbox; a killed process loses nothing.
        "--unsafe-no-fsync",
        "--log-level=warn",
    )


def _api_server(tools: dict[str, Path], files: Certificates, *, node: bool) -> tuple[str | Path, ...]:
    kubelet = (
        f"--kubelet-client-certificate={files.crt('apiserver-kubelet')}",
        f"--kubelet-client-key={files.key('apiserver-kubelet')}",
        "--kubelet-preferred-address-types=InternalIP",
    )
    front_proxy = (
        f"--proxy-client-cert-file={files.crt('front-proxy')}",
        f"--proxy-client-key-file={files.key('front-proxy')}",
        f"--requestheader-client-ca-file={files.crt('ca')}",
        "--requestheader-allowed-names=front-proxy",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-username-headers=X-Remote-User",
    )
    # Pods come through the bridge, so with a node it listens there too; the firewall drops everyone else.
    listen = ("--bind-address=0.0.0.0", f"--advertise-address={NODE}") if node else (f"--bind-address={HOST}",)
    return (
        tools["kube-apiserver"],
        f"--etcd-servers=http://{ETCD.address}",
        f"--secure-port={API_SERVER.number}",
        *listen,
        f"--tls-cert-file={files.crt('apiserver')}",
        f"--tls-private-key-file={files.key('apiserver')}",
        f"--client-ca-file={files.crt('ca')}",
        "--authorization-mode=Node,RBAC",
        f"--service-cluster-ip-range={SERVICE_RANGE}",
        f"--service-account-key-file={files.key('service-accounts')}",
        f"--service-account-signing-key-file={files.key('service-accounts')}",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        "--enable-admission-plugins=NodeRestriction",
        *kubelet,
        *front_proxy,
    )


def _controller_manager(files: Certificates, kubeconfig: Path) -> tuple[str, ...]:
    return (
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        f"--service-account-private-key-file={files.key('service-accounts')}",
        # Without it every client in a pod distrusts the API server.
        f"--root-ca-file={files.crt('ca')}",
        f"--cluster-signing-cert-file={files.crt('ca')}",
        f"--cluster-signing-key-file={files.key('ca')}",
        "--use-service-account-credentials",
        "--controllers=*,-node-ipam-controller,-service-lb-controller,-node-route-controller,-cloud-node-lifecycle-controller",
        f"--cluster-cidr={POD_RANGE}",
        # A sandbox is small: it notices load and calm sooner than a large cluster would.
        "--horizontal-pod-autoscaler-sync-period=5s",
        "--horizontal-pod-autoscaler-initial-readiness-delay=5s",
        "--horizontal-pod-autoscaler-cpu-initialization-period=20s",
    )


def _ready(layout: Layout, tools: dict[str, Path]) -> bool:
    command = [str(tools["kubectl"]), f"--kubeconfig={layout.kubeconfig}", "get", "--raw", "/readyz"]
    return subprocess.run(command, capture_output=True, check=False, timeout=10).returncode == 0
