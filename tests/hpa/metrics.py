"""The metrics APIs, answered by the test.

A request for metrics is how a look of the controller shows: each look asks once for each metric, in their order.
Source: https://github.com/kubernetes/metrics
"""

import contextlib
import json
import re
import ssl
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_GROUPS = {
    "/apis/metrics.k8s.io/v1beta1": "metrics.k8s.io/v1beta1",
    "/apis/custom.metrics.k8s.io/v1beta2": "custom.metrics.k8s.io/v1beta2",
    "/apis/external.metrics.k8s.io/v1beta1": "external.metrics.k8s.io/v1beta1",
}
_ASKED = re.compile(r"^/apis/[a-z.]*metrics\.k8s\.io/[a-z0-9]+/namespaces/([^/?]+)/([^?]*)")

Answer = Callable[[str, str, str], dict[str, Any]]
"""From a namespace, the rest of the path and a selector to what is answered; a failure has a `code`."""


@contextlib.contextmanager
def answering(folder: Path, answer: Answer) -> Iterator[int]:
    """Answer requests for metrics on a port of 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            asked = _ASKED.match(path)
            if path in _GROUPS:
                self.send(200, {"kind": "APIResourceList", "groupVersion": _GROUPS[path], "resources": []})
            elif asked is None:
                self.send(404, {"kind": "Status", "status": "Failure", "code": 404})
            else:
                (selector,) = urllib.parse.parse_qs(query).get("labelSelector", [""])
                body = answer(asked[1], asked[2], selector)
                self.send(body.get("code", 200), body)

        def send(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps({"apiVersion": "v1", **body}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    certificate = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "metrics")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "metrics.pem"
    file.write_bytes(key.private_bytes(*form) + made.public_bytes(serialization.Encoding.PEM))
    return file


def moment(seconds: float) -> str:
    """Return a moment as Kubernetes writes it, in whole seconds."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
