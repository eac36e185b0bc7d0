"""A control plane of its own: an API server, and of the controllers the autoscaler's alone.

The metrics APIs of a cluster are one for all who use it, so a test that answers for them has a cluster to itself. No
kubelet, scheduler or Deployment controller runs: what they would write, the test writes.
"""

import contextlib
import http.client
import json
import queue
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.layout import layout

TOKEN = "autoscaler"  # noqa: S105 - of an API server that lives for a minute on 127.0.0.1
SYNC_SECONDS = 4
INITIALIZATION_SECONDS = 22
READINESS_SECONDS = 6
CALM_SECONDS = 10
"""Odd multiples of half the distance of two looks, so that a look a little early or late decides the same."""


class Api:
    """Requests to the API server, over connections that are kept and shared by threads."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: queue.SimpleQueue[http.client.HTTPSConnection] = queue.SimpleQueue()
        self._context = ssl._create_unverified_context()  # noqa: S323 - its certificate is of this run

    def call(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        """Return what the API server answers, which must be a success."""
        status, text = self.answer(method, path, body, kind)
        assert status < 300, f"{method} {path}: {status} {text[:500]}"
        return json.loads(text)

    def answer(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> tuple[int, str]:
        """Return status and text of an answer."""
        head = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind, "Accept": "application/json"}
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = http.client.HTTPSConnection("127.0.0.1", self._port, context=self._context, timeout=30)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, head)
            answer = connection.getresponse()
            text = answer.read().decode()
        except BaseException:
            connection.close()
            raise
        self._idle.put(connection)
        return answer.status, text

    def close(self) -> None:
        """Close all connections."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def merge(self, path: str, body: Any) -> Any:
        """Change an object."""
        return self.call("PATCH", path, body, "application/merge-patch+json")


@contextlib.contextmanager
def control_plane(folder: Path, metrics_port: int) -> Iterator[Api]:
    """Run etcd, an API server whose metrics come from a port on 127.0.0.1, and the autoscaler's controller."""
    etcd, peer, api, controller = free_ports(4)
    _write_files(folder, api)
    with contextlib.ExitStack() as running:
        running.enter_context(_started(folder, "etcd", *_etcd(folder, etcd, peer)))
        running.enter_context(_started(folder, "kube-apiserver", *_api_server(folder, etcd, api)))
        client = Api(api)
        running.callback(client.close)
        _wait(client, "/readyz")
        _register_metrics(client, metrics_port)
        running.enter_context(_started(folder, "kube-controller-manager", *_controller(folder, controller)))
        yield client


def _etcd(folder: Path, port: int, peer: int) -> list[str]:
    client, other = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer}"
    return [
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={other}",
        f"--initial-advertise-peer-urls={other}",
        f"--initial-cluster=default={other}",
        "--unsafe-no-fsync",
        "--log-level=error",
    ]


def _api_server(folder: Path, etcd: int, port: int) -> list[str]:
    return [
        f"--etcd-servers=http://127.0.0.1:{etcd}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=AlwaysAllow",
        "--disable-admission-plugins=ServiceAccount",
        "--service-cluster-ip-range=10.201.0.0/24",
        "--service-account-issuer=https://stackwright.test",
        f"--service-account-key-file={folder / 'key.pem'}",
        f"--service-account-signing-key-file={folder / 'key.pem'}",
        "--profiling=false",
    ]


def _controller(folder: Path, port: int) -> list[str]:
    return [
        f"--kubeconfig={folder / 'kubeconfig'}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder / 'controller'}",
        "--leader-elect=false",
        "--controllers=horizontalpodautoscaling",
        "--kube-api-content-type=application/json",
        "--kube-api-qps=500",
        "--kube-api-burst=1000",
        "--concurrent-horizontal-pod-autoscaler-syncs=16",
        f"--horizontal-pod-autoscaler-sync-period={SYNC_SECONDS}s",
        f"--horizontal-pod-autoscaler-cpu-initialization-period={INITIALIZATION_SECONDS}s",
        f"--horizontal-pod-autoscaler-initial-readiness-delay={READINESS_SECONDS}s",
        f"--horizontal-pod-autoscaler-downscale-stabilization={CALM_SECONDS}s",
    ]


def _write_files(folder: Path, api: int) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*form))
    (folder / "tokens.csv").write_text(f'{TOKEN},admin,admin,"system:masters"\n')
    cluster = {"server": f"https://127.0.0.1:{api}", "insecure-skip-tls-verify": True}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "it", "cluster": cluster}],
        "users": [{"name": "it", "user": {"token": TOKEN}}],
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "current-context": "it",
    }
    (folder / "kubeconfig").write_text(json.dumps(config))


@contextlib.contextmanager
def _started(folder: Path, program: str, *arguments: str) -> Iterator[None]:
    with (folder / f"{program}.log").open("w") as log:
        running = subprocess.Popen([layout().bin / program, *arguments], stdout=log, stderr=log)
        try:
            yield
        finally:
            running.terminate()
            running.wait(timeout=30)


def _register_metrics(api: Api, port: int) -> None:
    """Say that the metrics APIs are answered on a port of this machine."""
    service = {"type": "ExternalName", "externalName": "localhost"}
    api.call("POST", "/api/v1/namespaces/default/services", {"metadata": {"name": "metrics"}, "spec": service})
    for group, version in (
        ("metrics.k8s.io", "v1beta1"),
        ("custom.metrics.k8s.io", "v1beta2"),
        ("external.metrics.k8s.io", "v1beta1"),
    ):
        spec = {
            "group": group,
            "version": version,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "insecureSkipTLSVerify": True,
            "service": {"namespace": "default", "name": "metrics", "port": port},
        }
        name = f"{version}.{group}"
        path = "/apis/apiregistration.k8s.io/v1/apiservices"
        api.call("POST", path, {"metadata": {"name": name}, "spec": spec})
        _wait(api, f"/apis/{group}/{version}")


def _wait(api: Api, path: str, seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < end:
        try:
            status, last = api.answer("GET", path)
        except OSError as error:
            status, last = 0, error
        if status == 200:
            return
        time.sleep(0.3)
    raise AssertionError(f"{path} does not answer: {last}")


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that nobody listens on now."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
