"""Real pods with the sidecars that istiod injects, under Pod Security *restricted*."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.images.base import debian
from sandbox.images.layers import layer_of_files
from sandbox.images.registry import address_of, has_image, push
from sandbox.layout import Layout
from sandbox.tools.catalogue import GoTool
from sandbox.tools.go import built, key_of
from tests.mesh.cluster import apply, kubectl, namespace

GRPC = tuple(
    GoTool(f"grpc-{side}", "grpc", f"google.golang.org/grpc/interop/{side}", 30) for side in ("server", "client")
)
"""The server and the client by which the makers of gRPC test its languages against each other."""

SERVER = """
import http.server, os
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = os.uname().nodename.encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_POST = do_GET
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("", 8080), Answer).serve_forever()
"""
"""Answers every request with the name of its pod."""

_WAITING = "import signal; signal.signal(signal.SIGTERM, lambda *_: exit()); signal.pause()"

_CALLS = """
import http.client, json, sys
host, method, count, headers = json.loads(sys.argv[1])
answers = []
for _ in range(count):
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.request(method, "/", headers=headers)
        answer = connection.getresponse()
        answers.append([answer.status, answer.read().decode()])
    except OSError as error:
        answers.append([0, type(error).__name__])
    connection.close()
print(json.dumps(answers))
"""


def image(layout: Layout) -> str:
    """Return the address of an image with Python and gRPC's own client and server, pushed if it is missing."""
    tag = "-".join(key_of(tool)[:8] for tool in GRPC)
    if not has_image("test/mesh", tag):
        files = {f"/usr/local/bin/{name}": program for name, program in built(layout, GRPC).items()}
        layer = layer_of_files(Path(layout.data / "layers" / "test-mesh.tar.gz"), files)
        push("test/mesh", tag, [debian(layout), layer], {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"]})
        layer.file.unlink()
    return address_of("test/mesh", tag)


@dataclass(frozen=True, slots=True)
class Pods:
    """A namespace whose pods are in the mesh."""

    namespace: str
    image: str

    def run(self, name: str, command: list[str], *, replicas: int = 1, labels: Mapping[str, str] | None = None) -> None:
        """Apply a Deployment and its ServiceAccount; `labels` are the pods', beside their name."""
        head = {"name": name, "namespace": self.namespace}
        own = {"app": name, **(labels or {})}
        container = {
            "name": "app",
            "image": self.image,
            "command": command,
            "resources": {"requests": {"cpu": "10m", "memory": "24Mi"}},
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        }
        pod = {
            "serviceAccountName": name,
            "terminationGracePeriodSeconds": 2,
            "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [container],
        }
        template = {"metadata": {"labels": own}, "spec": pod}
        spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
        apply(
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": head},
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": head, "spec": spec},
        )

    def serve(self, name: str, *, port: str = "http", replicas: int = 1) -> None:
        """Run a server, of HTTP or gRPC, behind a Service on port 80."""
        command = ["python3", "-c", SERVER] if port == "http" else ["grpc-server", "--port=8080"]
        self.run(name, command, replicas=replicas)
        ports = [{"name": port, "port": 80, "targetPort": 8080}]
        spec = {"selector": {"app": name}, "ports": ports}
        head = {"name": name, "namespace": self.namespace}
        apply({"apiVersion": "v1", "kind": "Service", "metadata": head, "spec": spec})

    def wait(self, name: str, labels: Mapping[str, str] | None = None) -> None:
        """Run a pod that does nothing until it is told to call."""
        self.run(name, ["python3", "-c", _WAITING], labels=labels)

    def ready(self, *names: str) -> None:
        """Wait until Deployments have all their pods."""
        for name in names:
            kubectl("rollout", "status", f"deployment/{name}", "-n", self.namespace, "--timeout=120s")

    def exec(self, name: str, *command: str) -> str:
        """Run a command beside the program of a Deployment, and return what it prints."""
        return kubectl("exec", "-n", self.namespace, f"deployment/{name}", "-c", "app", "--", *command)

    def call(
        self,
        caller: str,
        host: str,
        *,
        method: str = "GET",
        count: int = 1,
        headers: Mapping[str, str] | None = None,
    ) -> list[tuple[int, str]]:
        """Call a host from a pod, and return status and text of each answer; status 0 when there was none."""
        given = json.dumps([host, method, count, dict(headers or {})])
        answers = json.loads(self.exec(caller, "python3", "-c", _CALLS, given))
        return [(status, text) for status, text in answers]

    def addresses(self, name: str) -> list[str]:
        """Return the addresses of the pods of a Deployment."""
        return [pod["status"]["podIP"] for pod in self.pods(name)]

    def pods(self, name: str) -> list[dict[str, Any]]:
        """Return the pods of a Deployment."""
        listed = json.loads(kubectl("get", "pods", "-n", self.namespace, "-l", f"app={name}", "-o", "json"))
        found: list[dict[str, Any]] = listed["items"]
        return found


@contextmanager
def town(test: str, layout: Layout) -> Iterator[Pods]:
    """Make a namespace in the mesh that enforces Pod Security *restricted*."""
    labels = {"istio-injection": "enabled", "pod-security.kubernetes.io/enforce": "restricted"}
    with namespace(test, labels) as name:
        yield Pods(name, image(layout))
