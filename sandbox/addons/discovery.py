"""The process that tells Prometheus what to read: `python -m sandbox.addons.discovery`.

Debian's Prometheus cannot ask an API server. It asks this process every few seconds, which looks at the cluster then.
"""

import argparse
import json
import ssl
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from sandbox.addons.monitors import Cluster, rules, targets

_LISTS = {
    "pods": "/api/v1/pods",
    "services": "/api/v1/services",
    "pod_monitors": "/apis/monitoring.coreos.com/v1/podmonitors",
    "service_monitors": "/apis/monitoring.coreos.com/v1/servicemonitors",
}
_RULES = "/apis/monitoring.coreos.com/v1/prometheusrules"


class Api:
    """Reads lists from the API server that a kubeconfig names."""

    def __init__(self, kubeconfig: Path) -> None:
        document = yaml.safe_load(kubeconfig.read_text())
        cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
        context = ssl.create_default_context(cafile=cluster["certificate-authority"])
        context.load_cert_chain(user["client-certificate"], user["client-key"])
        self._server = cluster["server"]
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

    def items(self, path: str) -> list[dict[str, Any]]:
        """Return the items of a list."""
        with self._opener.open(f"{self._server}{path}", timeout=4) as answer:
            found: list[dict[str, Any]] = json.load(answer)["items"]
            return found


class Rules:
    """A folder of rule files that follows the cluster's PrometheusRules."""

    def __init__(self, folder: Path, prometheus: str) -> None:
        self._folder = folder
        self._reload = urllib.request.Request(f"http://{prometheus}/-/reload", method="POST")

    def follow(self, objects: list[dict[str, Any]]) -> None:
        """Write what is new, remove what is gone, and let Prometheus read the folder again if anything was."""
        wanted = {name: yaml.safe_dump(file, sort_keys=False) for name, file in rules(objects).items()}
        there_are = {path.name: path.read_text() for path in self._folder.glob("*.yaml")}
        if wanted == there_are:
            return
        for name in there_are.keys() - wanted.keys():
            (self._folder / name).unlink()
        for name, text in wanted.items():
            (self._folder / name).write_text(text)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(self._reload, timeout=4):
                pass
        except urllib.error.HTTPError as error:
            with error:
                print(f"Prometheus refuses the rules: {error.read().decode().strip()}", flush=True)


class _Handler(BaseHTTPRequestHandler):
    api: Api
    rules: Rules

    def do_GET(self) -> None:
        lists = {name: self.api.items(path) for name, path in _LISTS.items()}
        body = json.dumps(targets(Cluster(**lists))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.rules.follow(self.api.items(_RULES))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing of requests that went well; what fails is a traceback in the log."""


def main() -> None:
    """Answer until ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--rules", type=Path, required=True)
    parser.add_argument("--prometheus", required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    _Handler.api, _Handler.rules = Api(given.kubeconfig), Rules(given.rules, given.prometheus)
    ThreadingHTTPServer(("127.0.0.1", given.port), _Handler).serve_forever()


if __name__ == "__main__":
    main()
