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
from tests.mesh.spec import Objects

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
host, method, path, count, headers = json.loads(sys.argv[1])
answers = []
for _ in range(count):
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answers.append([answer.status, answer.read().decode()])
    except OSError as error:
        answers.append([0, type(error).__name__])
    connection.close()
print(json.dumps(answers))
"""


def image(layout: Layout) -> str:
    """Return the address of an image with Python and gRPC's own client and server, pushed if it is missing."""
    tag = "-".join(("2", *(key_of(tool)[:8] for tool in GRPC)))
    if not has_image("test/mesh", tag):
        files = {f"/usr/local/bin/{name}": program for name, program in built(layout, GRPC).items()}
        layer = layer_of_files(Path(layout.data / "layers" / "test-mesh.tar.gz"), files)
        config = {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "User": "10001:10001"}
        push("test/mesh", tag, [debian(layout), layer], config)
        layer.file.unlink()
    return address_of("test/mesh", tag)


@dataclass(frozen=True, slots=True)
class Pods:
    """The pods of an application in the mesh."""

    namespace: str

    def exec(self, service: str, *command: str) -> str:
        """Run a command beside the program of a service's pod, and return what it prints."""
        return kubectl("exec", "-n", self.namespace, f"deployment/{service}", "-c", service, "--", *command)

    def proxy_config(self, service: str) -> dict[str, Any]:
        """Return the configuration of a sidecar of a service by kind, clusters, listeners and secrets: it took all of it."""
        asked = ("pilot-agent", "request", "GET", "config_dump")
        dumped = kubectl("exec", "-n", self.namespace, f"deployment/{service}", "-c", "istio-proxy", "--", *asked)
        assert '"error_state"' not in dumped, dumped[dumped.index('"error_state"') :][:500]
        parts = json.loads(dumped)["configs"]
        return {part["@type"].rpartition(".")[2].removesuffix("ConfigDump").lower(): part for part in parts}

    def call(
        self,
        caller: str,
        host: str,
        path: str = "/",
        *,
        method: str = "GET",
        count: int = 1,
        headers: Mapping[str, str] | None = None,
    ) -> list[tuple[int, str]]:
        """Call a host from a pod, and return status and text of each answer; status 0 when there was none."""
        given = json.dumps([host, method, path, count, dict(headers or {})])
        answers = json.loads(self.exec(caller, "python3", "-c", _CALLS, given))
        return [(status, text) for status, text in answers]

    def of(self, service: str) -> list[dict[str, Any]]:
        """Return the pods of a service."""
        chosen = f"stackwright.dev/service={service}"
        listed = json.loads(kubectl("get", "pods", "-n", self.namespace, "-l", chosen, "-o", "json"))
        found: list[dict[str, Any]] = listed["items"]
        return found

    def names(self, service: str) -> set[str]:
        """Return the names of a service's pods."""
        return {pod["metadata"]["name"] for pod in self.of(service)}

    def addresses(self, service: str) -> list[str]:
        """Return the addresses of a service's pods."""
        return [pod["status"]["podIP"] for pod in self.of(service)]


def server(image: str, **said: Any) -> dict[str, Any]:
    """Return a service that answers HTTP with the name of its pod."""
    return {"image": image, "port": 8080, "command": ["python3", "-c", SERVER], "replicas": 1, **said}


def grpc_server(image: str, **said: Any) -> dict[str, Any]:
    """Return a service that answers what gRPC's own client asks."""
    ports = {"grpc": {"port": 80, "targetPort": 8080, "appProtocol": "grpc"}}
    return {"image": image, "ports": ports, "command": ["grpc-server", "--port=8080"], "replicas": 1, **said}


def waiting(image: str, **said: Any) -> dict[str, Any]:
    """Return a worker that does nothing until it is told to call."""
    return {"type": "worker", "image": image, "command": ["python3", "-c", _WAITING], "replicas": 1, **said}


@contextmanager
def deployed(objects: Objects) -> Iterator[Pods]:
    """Apply an application, wait for its pods, and delete its namespace afterwards."""
    first, *rest = objects
    name = first["metadata"]["name"]
    apply(first)
    try:
        apply(*rest)
        for workload in (each for each in rest if each["kind"] == "Deployment"):
            kubectl("rollout", "status", f"deployment/{workload['metadata']['name']}", "-n", name, "--timeout=180s")
        yield Pods(name)
    finally:
        kubectl("delete", "namespace", name, "--wait=false")


@contextmanager
def outsider(image: str) -> Iterator[Pods]:
    """Run a pod that has no sidecar, in a namespace that is not in the mesh."""
    container = {"name": "outsider", "image": image, "command": ["python3", "-c", _WAITING]}
    template = {"metadata": {"labels": {"app": "outsider"}}, "spec": {"containers": [container]}}
    with namespace("outsider", {}) as name:
        spec = {"selector": {"matchLabels": {"app": "outsider"}}, "template": template}
        head = {"name": "outsider", "namespace": name}
        apply({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": head, "spec": spec})
        kubectl("rollout", "status", "deployment/outsider", "-n", name, "--timeout=60s")
        yield Pods(name)
