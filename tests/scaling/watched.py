"""A Prometheus of a test's own, and what it reads: numbers that the test changes."""

import contextlib
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

from sandbox.addons.prometheus import PROMETHEUS
from sandbox.layout import layout
from tests.cluster.waiting import eventually
from tests.hpa.control_plane import free_ports


@dataclass(slots=True)
class Watched:
    """Series by their notation, such as `up{job="web"}`; a series that is taken away is gone at the next look."""

    address: str
    series: dict[str, float] = field(default_factory=dict)

    def page(self) -> bytes:
        return "".join(f"{name} {number}\n" for name, number in self.series.items()).encode()


@contextlib.contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    """Run a Prometheus on 127.0.0.1 that looks every second."""
    (port,) = free_ports(1)
    found = Watched(f"http://127.0.0.1:{port}")
    with _told(found) as page:
        config = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
            "scrape_configs": [
                {"job_name": "it", "honor_labels": True, "static_configs": [{"targets": [f"127.0.0.1:{page}"]}]}
            ],
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        command = [
            PROMETHEUS.programs(layout())["prometheus"],
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'prometheus'}",
            f"--web.listen-address=127.0.0.1:{port}",
            f"--web.console.templates={folder}",
            f"--web.console.libraries={folder}",
        ]
        with (folder / "prometheus.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as running:
            try:
                eventually(lambda: _is_ready(found.address), bool, 60)
                yield found
            finally:
                running.terminate()


@contextlib.contextmanager
def _told(found: Watched) -> Iterator[int]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(found.page())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def _is_ready(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/-/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
