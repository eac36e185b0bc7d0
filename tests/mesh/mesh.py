"""One namespace of the mesh under test, its pods played by servers on loopback."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.mesh import envoy
from tests.mesh.backends import Backend, Backends, Caller
from tests.mesh.cluster import apply, kubectl
from tests.mesh.envoy import Envoy
from tests.mesh.istiod import Istiod


class Mesh:
    """A namespace with the objects of a test, servers that stand for its pods, and the proxy of a caller in it."""

    def __init__(self, namespace: str, program: Path, control_plane: Istiod, folder: Path) -> None:
        self.namespace = namespace
        self.backends = Backends()
        self._program, self._control_plane, self._folder = program, control_plane, folder

    def serve(self, service: str, name: str, **manners: Any) -> Backend:
        """Let a server stand for a pod of a service."""
        backend = self.backends.add(name, **manners)
        self.enter(service, backend)
        return backend

    def enter(self, service: str, backend: Backend) -> None:
        """Tell the mesh of a server."""
        entry: dict[str, Any] = {
            "address": backend.address,
            "ports": {"http": backend.port},
            "labels": {"app": service, **backend.labels},
            "serviceAccount": service,
        }
        if backend.locality:
            entry["locality"] = backend.locality
        apply(
            {
                "apiVersion": "networking.istio.io/v1",
                "kind": "WorkloadEntry",
                "metadata": {"name": backend.name, "namespace": self.namespace, "labels": entry["labels"]},
                "spec": entry,
            }
        )

    def leave(self, backend: Backend) -> None:
        """Take a server out of the mesh."""
        kubectl("delete", "workloadentry", backend.name, "-n", self.namespace)

    def proxy(self, locality: str = "") -> AbstractContextManager[Envoy]:
        """Run the caller's proxy, in a `region/zone` if one is named."""
        return envoy.running(self._program, self._control_plane, self._folder, self.namespace, locality)

    def ready(self, proxy: Envoy, service: str, count: int, subset: str = "") -> str:
        """Wait until the proxy chooses from so many endpoints of a service, and return the cluster's name."""
        cluster = f"outbound|80|{subset}|{self.host(service)}"
        proxy.wait_for(lambda p: len(p.healthy(cluster)) == count, f"{count} endpoints of {cluster}")
        return cluster

    def host(self, service: str) -> str:
        """Return a service's full name."""
        return f"{service}.{self.namespace}.svc.cluster.local"

    def caller(self, proxy: Envoy, service: str) -> Caller:
        """Return a client of a service."""
        return Caller(self.backends, proxy.port, self.host(service))
