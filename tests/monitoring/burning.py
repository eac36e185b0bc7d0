"""A service in the mesh that can be told to fail, who calls it, and a Prometheus that watches both."""

import json
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cli.verbs.render import objects
from sandbox.addons.prometheus import ADDRESS
from sandbox.layout import Layout
from schemas.project import read
from schemas.resolve import resolve
from tests.mesh.cluster import apply, kubectl
from tests.mesh.pods import image

FASTER = 15
"""By how much the rules' windows are shortened: an hour is four minutes, and five minutes are twenty seconds, in which
the sandbox's Prometheus reads everything four times. Nothing else of the rules is changed."""

A_SECOND = 20
"""Calls a second."""

_SERVICE = """
import http.server, os, threading
answered = 0
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        global answered
        metrics = self.server.server_port == 9090
        body = f"# TYPE answers_total counter\\nanswers_total {answered}\\n".encode() if metrics else b"hello"
        answered += 0 if metrics else 1
        self.send_response(500 if not metrics and os.path.exists("/tmp/broken") else 200)
        self.send_header("content-type", "text/plain; version=0.0.4")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
servers = [http.server.ThreadingHTTPServer(("", port), Answer) for port in (8080, 9090)]
threading.Thread(target=servers[1].serve_forever, daemon=True).start()
servers[0].serve_forever()
"""
"""Answers 500 for as long as there is a file `/tmp/broken`, and counts for itself what it answered."""

_CALLER = f"""
import http.client, os, time, urllib.parse
where = urllib.parse.urlsplit(os.environ["WEB_URL"])
while True:
    time.sleep(1 / {A_SECOND})
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except OSError:
        pass
    connection.close()
"""

_PLATFORM: dict[str, Any] = {
    "domain": "burning.localhost",
    "registry": {"address": "127.0.0.1:5000"},
    "installed": {"prometheus-operator": True},
    "mesh": {"kind": "istio-sidecar"},
    "monitoring": {"labels": {}, "namespace": "monitoring", "proxies": True, "accessLog": {"provider": "envoy"}},
    "versions": {"kubernetes": "1.36"},
}


@dataclass(frozen=True, slots=True)
class Burning:
    """The application while it runs: how it is broken and mended, and what is known of it."""

    name: str

    @property
    def namespace(self) -> str:
        return f"{self.name}-dev"

    def breaks(self) -> None:
        """Let the service fail."""
        self._in_service("touch", "/tmp/broken")

    def heals(self) -> None:
        """Let the service fail no more."""
        self._in_service("rm", "/tmp/broken")

    def logged(self, deployment: str) -> set[int]:
        """Return the statuses of the requests about which the proxy of a Deployment wrote a line."""
        lines = kubectl("logs", "-n", self.namespace, f"deployment/{deployment}", "-c", "istio-proxy")
        return {int(status) for status in re.findall(r'"GET / HTTP/1.1" (\d+) ', lines)}

    def value(self, query: str) -> float | None:
        """Return the value of the one series that Prometheus gives for a query, or nothing; `NS` is the namespace."""
        found = _asked(query.replace("NS", f'namespace="{self.namespace}"'))
        return float(found[0]["value"][1]) if len(found) == 1 else None

    def firing(self, severity: str) -> list[dict[str, str]]:
        """Return the labels of the application's alerts that fire."""
        labels = f'namespace="{self.namespace}", alertstate="firing", severity="{severity}"'
        return [one["metric"] for one in _asked(f"ALERTS{{{labels}}}")]

    def _in_service(self, *command: str) -> None:
        kubectl("exec", "-n", self.namespace, "deployment/web", "-c", "web", "--", *command)


@contextmanager
def burning(folder: Path, layout: Layout) -> Iterator[Burning]:
    """Run the application, of nothing but what Stackwright renders, for as long as the context lasts."""
    # Prometheus remembers, so each run has a name of its own.
    one = Burning(f"burning-{int(time.time()):x}")
    found = _rendered(folder, one.name, image(layout))
    try:
        apply(*(each for each in found if each["kind"] == "Namespace"))
        apply(*map(_hurried, found))
        for name in ("web", "caller"):
            kubectl("rollout", "status", f"deployment/{name}", "-n", one.namespace, "--timeout=180s")
        yield one
    finally:
        kubectl("delete", "namespace", one.namespace, "--ignore-not-found", "--wait=false")


def _asked(query: str) -> list[dict[str, Any]]:
    """Return what Prometheus answers to a query: labels and value of each series."""
    text = urllib.parse.urlencode({"query": query})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://{ADDRESS}/api/v1/query?{text}", timeout=10) as answer:
        found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return found


def _rendered(folder: Path, name: str, address: str) -> list[dict[str, Any]]:
    common = {"image": address, "replicas": 1, "resources": {"requests": {"cpu": "20m", "memory": "32Mi"}}}
    web = {
        **common,
        "command": ["python3", "-c", _SERVICE],
        "ports": {"http": {"port": 80, "targetPort": 8080}, "metrics": {"port": 9090, "expose": False}},
        "probes": {"readiness": {"httpGet": {"path": "/", "port": "metrics"}}},
        "observability": {"metrics": {"port": "metrics"}, "objectives": {"availabilityPercent": 99.9}},
    }
    caller = {**common, "type": "worker", "command": ["python3", "-c", _CALLER], "connections": {"web": {}}}
    head = {"apiVersion": "stackwright.dev/v1"}
    metadata = {"name": name, "owner": "team"}
    spec = {"services": {"web": web, "caller": caller}}
    application = {**head, "kind": "Application", "metadata": metadata, "spec": spec}
    platform = {**head, "kind": "Platform", "metadata": {"name": "t"}, "spec": {"environments": {"dev": _PLATFORM}}}
    files = []
    for kind, document in (("application", application), ("platform", platform)):
        files.append(folder / f"{kind}.yaml")
        files[-1].write_text(yaml.safe_dump(document))
    return objects(resolve(read(*files), "dev"))


def _hurried(one: dict[str, Any]) -> dict[str, Any]:
    """Return an object whose windows, if it is a rule, are shorter by the factor."""
    if one["kind"] != "PrometheusRule":
        return one
    text = json.dumps(one)
    unit = {"m": 60, "h": 3600, "d": 86400}
    shorter: dict[str, Any] = json.loads(
        re.sub(r"\[(\d+)([mhd])\]", lambda found: f"[{int(found[1]) * unit[found[2]] // FASTER}s]", text)
    )
    return shorter
