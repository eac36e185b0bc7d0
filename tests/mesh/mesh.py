"""One application of the mesh under test, its pods played by servers on loopback."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.mesh import envoy
from tests.mesh.backends import Backend, Backends, Caller
from tests.mesh.cluster import apply, kubectl
from tests.mesh.envoy import Envoy
from tests.mesh.istiod import Istiod
from tests.mesh.spec import Objects, one, rendered

_WITHOUT_PODS = ("Deployment", "PodDisruptionBudget", "NetworkPolicy")
"""What is left out: the servers are the pods."""

_LISTENS_ON = "127.0.2.1"
"""An address of loopback whose port 80 nobody has: a route is for the port that a service has."""


class Mesh:
    """An application's objects in the cluster, servers that stand for its pods, and the proxy of a caller."""

    def __init__(self, application: str, program: Path, control_plane: Istiod, folder: Path) -> None:
        self.application = application
        self.namespace = f"{application}-dev"
        self.backends = Backends()
        self._objects: Objects = []
        self._program, self._control_plane, self._folder = program, control_plane, folder

    def deploy(self, **services: dict[str, Any]) -> None:
        """Apply what becomes of services that take HTTP on port 80, and of what a spec says of them beside that."""
        common = {"image": "example.test/web:1", "port": 8080}
        spec = {name: {**common, **said} for name, said in services.items()}
        self._objects = rendered(self._folder / "spec", self.application, {"services": spec})
        # The namespace first: the rest stands in it.
        first, *rest = self._objects
        apply(first)
        apply(self._listener(), *(each for each in rest if each["kind"] not in _WITHOUT_PODS))

    def _listener(self) -> dict[str, Any]:
        """Return what has the caller's proxy listen on loopback for the services of the application, told apart by host."""
        port = {"number": 80, "protocol": "HTTP", "name": "http"}
        egress = {"bind": _LISTENS_ON, "port": port, "captureMode": "NONE", "hosts": ["./*"]}
        head = {"name": "caller", "namespace": self.namespace}
        return {
            "apiVersion": "networking.istio.io/v1",
            "kind": "Sidecar",
            "metadata": head,
            "spec": {"egress": [egress]},
        }

    def serve(self, service: str, name: str, **manners: Any) -> Backend:
        """Let a server stand for a pod of a service; other versions than `main` have services of their own."""
        backend = self.backends.add(name, **manners)
        pod = one(self._objects, "Deployment", service)["spec"]["template"]
        ports = one(self._objects, "Service", service)["spec"]["ports"]
        entry: dict[str, Any] = {
            "address": backend.address,
            "ports": {port["targetPort"]: backend.port for port in ports},
            "labels": pod["metadata"]["labels"],
            "serviceAccount": pod["spec"]["serviceAccountName"],
        }
        if backend.locality:
            entry["locality"] = backend.locality
        head = {"name": name, "namespace": self.namespace, "labels": entry["labels"]}
        kind = {"apiVersion": "networking.istio.io/v1", "kind": "WorkloadEntry"}
        apply({**kind, "metadata": head, "spec": entry})
        return backend

    def leave(self, backend: Backend) -> None:
        """Take a server out of the mesh."""
        kubectl("delete", "workloadentry", backend.name, "-n", self.namespace)

    def proxy(self, locality: str = "") -> AbstractContextManager[Envoy]:
        """Run the caller's proxy, in a `region/zone` if one is named."""
        return envoy.running(self._program, self._control_plane, self._folder, self.namespace, locality)

    def ready(self, proxy: Envoy, service: str, count: int) -> str:
        """Wait until the proxy chooses from so many endpoints of a service, and return the cluster's name."""
        cluster = f"outbound|80||{self.host(service)}"
        proxy.wait_for(lambda p: len(p.healthy(cluster)) == count, f"{count} endpoints of {cluster}")
        return cluster

    def host(self, service: str) -> str:
        """Return a service's full name."""
        return f"{service}.{self.namespace}.svc.cluster.local"

    def caller(self, service: str) -> Caller:
        """Return a client of a service."""
        return Caller(self.backends, f"{_LISTENS_ON}:80", self.host(service))
