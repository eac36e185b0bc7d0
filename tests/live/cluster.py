"""An API server of canned answers, for speed; `tests/cluster` asks a real one the same."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml


class Canned:
    """Answers by path; what has none is not found. Deletions are recorded."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.deleted: list[str] = []

    def listed(self, path: str, *items: dict[str, Any]) -> None:
        """Answer a list."""
        self.answers[path] = {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": list(items)}


@contextmanager
def canned(folder: Path) -> Iterator[tuple[Canned, Path]]:
    """Run the server; give its answers and a kubeconfig for it."""
    answers = Canned()

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            found = answers.answers.get(urlsplit(self.path).path)
            missing = {"kind": "Status", "code": 404, "message": "not found"}
            body = (
                found.encode() if isinstance(found, str) else json.dumps(missing if found is None else found).encode()
            )
            self.send_response(404 if found is None else found.get("code", 200) if isinstance(found, dict) else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_DELETE(self) -> None:
            answers.deleted.append(urlsplit(self.path).path)
            answers.answers.setdefault(urlsplit(self.path).path, {"kind": "Status", "code": 200})
            self.do_GET()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    threading.Thread(target=server.serve_forever).start()
    kubeconfig = folder / "kubeconfig"
    told = {
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
        "clusters": [{"name": "here", "cluster": {"server": f"http://127.0.0.1:{server.server_address[1]}"}}],
        "users": [{"name": "me", "user": {}}],
    }
    kubeconfig.write_text(yaml.safe_dump(told))
    try:
        yield answers, kubeconfig
    finally:
        server.shutdown()
        server.server_close()
