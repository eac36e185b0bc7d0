"""A control plane of the test's own: a second istiod that reads the same API server, and serves a stock Envoy.

The one in the cluster serves pods, with certificates. A proxy on loopback has no agent that could fetch one, so here
mutual TLS is off.
"""

import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from sandbox.ports import HOST
from tests.mesh.ports import free_ports

_ENVIRONMENT = {
    "REVISION": "loopback",
    "POD_NAME": "loopback",
    "POD_NAMESPACE": "istio-system",
    "CLUSTER_ID": "Kubernetes",
    # It serves proxies and does nothing else: whatever is written into the cluster, the other one writes.
    "INJECT_ENABLED": "false",
    "ENABLE_CA_SERVER": "false",
    "INJECTION_WEBHOOK_CONFIG_NAME": "",
    "VALIDATION_WEBHOOK_CONFIG_NAME": "",
    "PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER": "false",
    "PILOT_ENABLE_GATEWAY_API_GATEWAYCLASS_CONTROLLER": "false",
    "PILOT_ENABLE_GATEWAY_API_STATUS": "false",
    # Filters that only Istio's own build of Envoy has.
    "PILOT_ENABLE_ALPN_FILTER": "false",
    "PILOT_ENABLE_METADATA_EXCHANGE": "false",
    # Changes are pushed at once: a test waits for each.
    "PILOT_DEBOUNCE_AFTER": "10ms",
}


@dataclass(frozen=True, slots=True)
class Istiod:
    """A running control plane."""

    discovery: int
    """The port that speaks xDS."""


@contextmanager
def running(program: Path, kubeconfig: Path, folder: Path) -> Iterator[Istiod]:
    """Run a control plane for as long as the context lasts."""
    discovery, http, monitoring = free_ports(3)
    mesh = {
        "rootNamespace": "istio-system",
        "defaultProviders": {},
        "enablePrometheusMerge": False,
        "enableAutoMtls": False,
    }
    (folder / "mesh.yaml").write_text(yaml.safe_dump(mesh))
    command = [str(program), "discovery", f"--kubeconfig={kubeconfig}", f"--meshConfig={folder / 'mesh.yaml'}"]
    command += [f"--grpcAddr={HOST}:{discovery}", f"--httpAddr={HOST}:{http}", f"--monitoringAddr={HOST}:{monitoring}"]
    command += ["--secureGRPCAddr=", "--httpsAddr=", "--ctrlz_port=0"]
    with (folder / "istiod.log").open("w") as log:
        process = subprocess.Popen(command, env=_ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while not _answers(f"http://{HOST}:{http}/ready"):
            assert process.poll() is None, (folder / "istiod.log").read_text()[-2000:]
            assert time.monotonic() < deadline, "istiod did not become ready"
            time.sleep(0.2)
        yield Istiod(discovery)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
