"""A stock Envoy on loopback with one worker, as the sidecar of a caller, and what it says of itself."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from sandbox.ports import HOST
from tests.mesh.istiod import Istiod
from tests.mesh.ports import free_ports

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

_MERGE_WINDOW_SECONDS = 1.1
"""Envoy's `update_merge_window`, and some."""


class Envoy:
    """A running proxy, seen through its administration."""

    def __init__(self, admin: int) -> None:
        self._admin = admin

    def ask(self, path: str) -> str:
        """Return what the administration answers."""
        with _DIRECT.open(f"http://{HOST}:{self._admin}{path}", timeout=10) as answer:
            text: str = answer.read().decode()
            return text

    def config(self) -> dict[str, Any]:
        """Return the parts of its configuration by kind: clusters, listeners, routes, endpoints."""
        parts = json.loads(self.ask("/config_dump?include_eds"))["configs"]
        return {part["@type"].rpartition(".")[2].removesuffix("ConfigDump").lower(): part for part in parts}

    def clusters(self) -> dict[str, dict[str, Any]]:
        """Return the clusters that istiod sent, by name."""
        dumped = self.config()["clusters"].get("dynamic_active_clusters", [])
        return {one["cluster"]["name"]: one["cluster"] for one in dumped}

    def virtual_host(self, host: str) -> dict[str, Any]:
        """Return the virtual host that a name leads to."""
        for dumped in self.config()["routes"].get("dynamic_route_configs", []):
            for one in dumped["route_config"].get("virtual_hosts", []):
                if host in one["domains"]:
                    found: dict[str, Any] = one
                    return found
        raise LookupError(host)

    def endpoints(self, cluster: str) -> dict[str, dict[str, Any]]:
        """Return what it thinks of each endpoint of a cluster, by address and port."""
        for one in json.loads(self.ask("/clusters?format=json")).get("cluster_statuses", []):
            if one["name"] == cluster:
                return {_address(host): host for host in one.get("host_statuses", [])}
        return {}

    def healthy(self, cluster: str) -> set[str]:
        """Return the endpoints that it would choose from."""
        return {address for address, host in self.endpoints(cluster).items() if _is_healthy(host)}

    def wait_for(self, ready: Callable[["Envoy"], bool], what: str, seconds: float = 20) -> float:
        """Wait until something is so, and return how long it took, in seconds."""
        begun = time.monotonic()
        while not ready(self):
            assert time.monotonic() < begun + seconds, f"{what}: not after {seconds:.0f} s"
            time.sleep(0.02)
        return time.monotonic() - begun

    @staticmethod
    def settle() -> None:
        """Wait until the worker knows of every change of health: those within a second of one are told together."""
        time.sleep(_MERGE_WINDOW_SECONDS)


def _address(host: dict[str, Any]) -> str:
    socket = host["address"]["socket_address"]
    return f"{socket['address']}:{socket['port_value']}"


def _is_healthy(host: dict[str, Any]) -> bool:
    health = host["health_status"]
    return health.get("eds_health_status", "HEALTHY") == "HEALTHY" and not health.get("failed_outlier_check", False)


@contextmanager
def running(program: Path, istiod: Istiod, folder: Path, namespace: str, locality: str = "") -> Iterator[Envoy]:
    """Run a proxy that stands in a namespace, and in a `region/zone`, for as long as the context lasts."""
    (admin,) = free_ports(1)
    file = folder / "envoy.yaml"
    file.write_text(yaml.safe_dump(_bootstrap(istiod, admin, namespace, locality)))
    command = [str(program), "-c", str(file), "--concurrency", "1", "--disable-hot-restart", "-l", "warning"]
    with (folder / "envoy.log").open("w") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        envoy = Envoy(admin)
        deadline = time.monotonic() + 30
        while not _is_live(envoy):
            assert process.poll() is None, (folder / "envoy.log").read_text()[-2000:]
            assert time.monotonic() < deadline, f"Envoy did not become ready: {(folder / 'envoy.log').read_text()}"
            time.sleep(0.05)
        yield envoy
    finally:
        process.terminate()
        process.wait(timeout=30)


def _is_live(envoy: Envoy) -> bool:
    try:
        return envoy.ask("/ready").strip() == "LIVE"
    except OSError:
        return False


def _bootstrap(istiod: Istiod, admin: int, namespace: str, locality: str) -> dict[str, Any]:
    region, _, zone = locality.partition("/")
    metadata = {
        "NAMESPACE": namespace,
        "CLUSTER_ID": "Kubernetes",
        "ISTIO_VERSION": "1.31.0",
        "INSTANCE_IPS": HOST,
        "LABELS": {"app": "caller"},
        "INTERCEPTION_MODE": "NONE",
    }
    node = {
        "id": f"sidecar~{HOST}~caller.{namespace}~{namespace}.svc.cluster.local",
        "cluster": f"caller.{namespace}",
        "locality": {"region": region, "zone": zone},
        "metadata": metadata,
    }
    ads = {"ads": {}, "initial_fetch_timeout": "0s", "resource_api_version": "V3"}
    discovery = {"socket_address": {"address": HOST, "port_value": istiod.discovery}}
    http2 = {"@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions"}
    cluster = {
        "name": "xds-grpc",
        "type": "STATIC",
        "connect_timeout": "1s",
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                **http2,
                "explicit_http_config": {"http2_protocol_options": {}},
            }
        },
        "load_assignment": {
            "cluster_name": "xds-grpc",
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": discovery}}]}],
        },
    }
    grpc = {"envoy_grpc": {"cluster_name": "xds-grpc"}}
    ads_config = {"api_type": "GRPC", "transport_api_version": "V3", "grpc_services": [grpc]}
    return {
        "node": node,
        "admin": {"address": {"socket_address": {"address": HOST, "port_value": admin}}},
        "dynamic_resources": {"ads_config": ads_config, "lds_config": ads, "cds_config": ads},
        "static_resources": {"clusters": [cluster]},
    }
