"""Small HTTP servers on loopback, whose manners a test chooses, and the client that calls them through a proxy."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Self

Headers = Mapping[str, str]
_PATIENCE_SECONDS = 15
"""How long a client waits for an answer."""


@dataclass
class Backend:
    """One server: what stands for a pod."""

    name: str
    locality: str = ""
    """`region/zone`."""
    delay_seconds: float = 0
    failing: float = 0
    """The part of requests that is answered with 500."""
    hung: bool = False
    """Accepts requests and never answers."""
    address: str = ""
    port: int = 0
    seen: int = 0
    """Requests that arrived."""
    luck: random.Random = field(default_factory=random.Random)
    server: asyncio.Server | None = None
    connections: set[asyncio.Transport] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request: status, who answered, and after how long; status 0 when the connection broke."""

    status: int
    backend: str
    seconds: float


class Backends:
    """Servers on 127.0.0.x, each on an address and a port of its own, on one event loop beside the test."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.all: list[Backend] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for backend in self.all:
            self.stop(backend)
        self.run(self._cancelled())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something on the loop and return what it gives."""
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(timeout=300)

    def add(self, name: str, **manners: Any) -> Backend:
        """Start a server; the same name has the same luck in every run."""
        backend = Backend(name, **manners, luck=random.Random(name))  # noqa: S311 - repeatable luck
        backend.address = f"127.0.1.{len(self.all) + 1}"
        self.all.append(backend)
        self.start(backend)
        return backend

    def start(self, backend: Backend) -> None:
        """Let a server listen, where it did before if it did."""
        made = self.run(self._loop.create_server(lambda: _Connection(backend), backend.address, backend.port))
        backend.server, backend.port = made, made.sockets[0].getsockname()[1]

    def stop(self, backend: Backend) -> None:
        """End a server and its connections, as a pod that is killed does."""
        if backend.server is not None:
            self.run(self._closed(backend))

    @staticmethod
    async def _closed(backend: Backend) -> None:
        assert backend.server is not None
        backend.server.close()
        for connection in list(backend.connections):
            connection.abort()
        backend.server = None

    @staticmethod
    async def _cancelled() -> None:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with kept-alive connections, one request after the other, without bodies."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._backend.connections.add(transport)

    def connection_lost(self, _: Exception | None) -> None:
        self._backend.connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            _, _, self._read = self._read.partition(b"\r\n\r\n")
            self._arrived()

    def _arrived(self) -> None:
        backend = self._backend
        backend.seen += 1
        if backend.hung:
            return
        status = "500 Failed" if backend.luck.random() < backend.failing else "200 OK"
        if backend.delay_seconds:
            asyncio.get_running_loop().call_later(backend.delay_seconds, self._answer, status)
        else:
            self._answer(status)

    def _answer(self, status: str) -> None:
        name = self._backend.name
        if not self._transport.is_closing():
            self._transport.write(f"HTTP/1.1 {status}\r\ncontent-length: {len(name)}\r\n\r\n{name}".encode())


class Caller:
    """A client of one host behind a proxy, `address:port`, which never tries again by itself."""

    def __init__(self, backends: Backends, proxy: str, host: str) -> None:
        self._backends = backends
        self._address, _, port = proxy.partition(":")
        self._port = int(port)
        self._host = host

    def call(
        self,
        count: int,
        *,
        connections: int = 1,
        path: str = "/",
        headers: Headers | Callable[[int], Headers] | None = None,
    ) -> list[Answer]:
        """Send a number of requests, over so many connections at once, and return the answers in order of the requests.

        `headers` are those of every request, or a function of its number.
        """
        of = headers if callable(headers) else lambda _: headers or {}
        answers: list[Answer] = self._backends.run(self._calls(count, connections, path, of))
        return answers

    async def _calls(self, count: int, connections: int, path: str, headers: Callable[[int], Headers]) -> list[Answer]:
        answers: dict[int, Answer] = {}
        waiting = iter(range(count))

        async def worker() -> None:
            streams = None
            for number in waiting:
                given = "".join(f"{name}: {value}\r\n" for name, value in headers(number).items())
                request = f"GET {path} HTTP/1.1\r\nhost: {self._host}\r\n{given}\r\n".encode()
                begun = asyncio.get_running_loop().time()
                try:
                    streams = streams or await asyncio.open_connection(self._address, self._port)
                    status, body = await asyncio.wait_for(_exchange(*streams, request), _PATIENCE_SECONDS)
                except (OSError, EOFError, TimeoutError):
                    streams, status, body = None, 0, ""
                answers[number] = Answer(status, body, asyncio.get_running_loop().time() - begun)
            if streams is not None:
                streams[1].close()

        await asyncio.gather(*(worker() for _ in range(connections)))
        return [answers[number] for number in range(count)]


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, str]:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    lengths = [line.partition(":")[2] for line in head.lower().splitlines() if line.startswith("content-length:")]
    body = await reader.readexactly(int(lengths[0])) if lengths else b""
    return int(head.split()[1]), body.decode()


def shares(answers: list[Answer]) -> Counter[str]:
    """Return how many requests each backend answered."""
    return Counter(answer.backend for answer in answers if answer.status == 200)


def statuses(answers: list[Answer]) -> Counter[int]:
    """Return how many answers had each status."""
    return Counter(answer.status for answer in answers)
