"""A proxy before the API server that records every call and, when told, misbehaves."""

import base64
import contextlib
import http.client
import json
import random
import socket
import socketserver
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import yaml

SILENCE_SECONDS = 120
_HOPS = {"connection", "keep-alive", "transfer-encoding", "host"}
_READS = {"GET", "HEAD", "OPTIONS"}
_ASKING = {"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"}
"""Kinds that are created to ask a question and stored nowhere."""


@dataclass(frozen=True)
class Call:
    """One request, as the API server saw it."""

    verb: str
    path: str
    dry: bool
    status: int

    @property
    def mutating(self) -> bool:
        """Whether it could have changed something."""
        asks = self.path.rpartition("/")[2] in _ASKING
        return self.verb not in _READS and not self.dry and not asks


@dataclass
class Mood:
    """How the proxy treats requests to objects; discovery is never disturbed, or nothing would begin."""

    refuse: float = 0
    """The share of requests that get 429 or 500."""
    silent: Callable[[str], bool] = lambda _: False
    """Which paths get no answer at all."""
    delay_seconds: float = 0
    """How long each answer takes."""
    seed: int = 1
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - moments, not secrets


class Proxy:
    """The running proxy."""

    def __init__(self, folder: Path, kubeconfig: Path) -> None:
        told = yaml.safe_load(kubeconfig.read_text())
        cluster, user = told["clusters"][0]["cluster"], told["users"][0]["user"]
        self.upstream = urlsplit(cluster["server"])
        self.tls = _context(folder, cluster, user)
        self.calls: list[Call] = []
        self.mood = Mood()
        self.refused = 0
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.connections: set[http.client.HTTPSConnection] = set()
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.proxy = self
        told["clusters"][0]["cluster"] = {"server": f"http://127.0.0.1:{self.server.server_address[1]}"}
        told["users"][0]["user"] = {}
        self.kubeconfig = folder / "proxy.kubeconfig"
        self.kubeconfig.write_text(yaml.safe_dump(told))

    def mutating(self) -> list[Call]:
        """Return the recorded calls that could have changed something, but events and leases."""
        return [call for call in self.calls if call.mutating]

    def connect(self) -> http.client.HTTPSConnection:
        """Return a new connection to the API server."""
        assert self.upstream.hostname is not None
        one = http.client.HTTPSConnection(self.upstream.hostname, self.upstream.port, context=self.tls, timeout=600)
        with self.lock:
            self.connections.add(one)
        return one

    def let_go(self, one: http.client.HTTPSConnection) -> None:
        """Close a connection to the API server."""
        with self.lock:
            self.connections.discard(one)
        one.close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    block_on_close = True
    request_queue_size = 256
    proxy: Proxy

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that hangs up, as one does whose watch is over."""
        if not isinstance(sys.exc_info()[1], OSError | http.client.HTTPException):
            raise  # noqa: PLE0704 - the base class calls this while it handles the error


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: http.client.HTTPSConnection | None = None

    def finish(self) -> None:
        """Close both sides."""
        super().finish()
        self._drop()

    def _drop(self) -> None:
        if self.upstream is not None:
            self.server.proxy.let_go(self.upstream)  # type: ignore[attr-defined]
        self.upstream = None

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _pass(self) -> None:
        proxy = self.server.proxy  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        about_objects = self.path.count("/") > 3
        if proxy.mood.silent(self.path):
            proxy.over.wait(SILENCE_SECONDS)
            self.close_connection = True
            return
        if about_objects and proxy.mood.chance.random() < proxy.mood.refuse:
            proxy.refused += 1
            self._refuse(proxy.mood.chance.choice((429, 500)))
            return
        time.sleep(proxy.mood.delay_seconds)
        response = self._ask(proxy, body)
        where = urlsplit(self.path)
        dry = "dryRun" in parse_qs(where.query)
        with proxy.lock:
            proxy.calls.append(Call(self.command, where.path, dry, response.status))
        self._answer(response)

    def _ask(self, proxy: Proxy, body: bytes) -> http.client.HTTPResponse:
        headers = {key: value for key, value in self.headers.items() if key.lower() not in _HOPS}
        for again in (True, False):
            if self.upstream is None:
                self.upstream = proxy.connect()
            try:
                self.upstream.request(self.command, self.path, body, headers)
                return self.upstream.getresponse()
            except (http.client.HTTPException, OSError):
                self._drop()
                if not again:
                    raise
        raise AssertionError

    def _answer(self, response: http.client.HTTPResponse) -> None:
        self.send_response(response.status)
        for key, value in response.getheaders():
            if key.lower() not in _HOPS:
                self.send_header(key, value)
        length = response.getheader("Content-Length")
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while chunk := response.read1(65536):
                self.wfile.write(chunk if length is not None else b"%x\r\n%s\r\n" % (len(chunk), chunk))
                self.wfile.flush()
            if length is None:
                self.wfile.write(b"0\r\n\r\n")
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            self._drop()

    def _refuse(self, status: int) -> None:
        told = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status, "message": "not now"}
        told["reason"] = "TooManyRequests" if status == 429 else "InternalError"
        body = json.dumps(told).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _pass  # noqa: N815 - the base class's names


def _context(folder: Path, cluster: dict[str, str], user: dict[str, str]) -> ssl.SSLContext:
    """Return how the API server is spoken to, as the kubeconfig says."""

    def file(told: dict[str, str], key: str) -> str:
        if key in told:
            return told[key]
        path = folder / key
        path.write_bytes(base64.b64decode(told[f"{key}-data"]))
        return str(path)

    context = ssl.create_default_context(cafile=file(cluster, "certificate-authority"))
    context.load_cert_chain(file(user, "client-certificate"), file(user, "client-key"))
    return context


@contextmanager
def recording(folder: Path, kubeconfig: Path) -> Iterator[Proxy]:
    """Run a proxy while the block runs."""
    proxy = Proxy(folder, kubeconfig)
    thread = threading.Thread(target=proxy.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.over.set()
        proxy.server.shutdown()
        # One that ended by itself has no socket any more.
        for sock in [one.sock for one in list(proxy.connections) if one.sock is not None]:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        proxy.server.server_close()
