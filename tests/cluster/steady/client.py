"""A client that never tries twice: it counts what becomes of a steady stream of requests, and says so every second.

Half of the requests go over connections that are kept, half over new ones. A kept connection that the server has closed
between two requests is opened again, which loses nothing; one that ends after a request was sent has lost it.
"""

import asyncio
import json
import os
import sys
import time

HOST, PORT = os.environ["TARGET"].split(":")
PATH = os.environ.get("TARGET_PATH", "/ready")
KEPT = 5
EACH = 0.2
"""Seconds between two requests of one stream: five streams that keep their connection, five that do not."""
PATIENCE = 5.0
"""Seconds after which an answer counts as lost."""

counted = {"kept": 0, "new": 0, "lost": 0}
reasons: dict[str, int] = {}


class Connection:
    """One connection to the server, opened when it is needed."""

    def __init__(self) -> None:
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, *, keep: bool) -> int:
        """Send one request, and return the status of its answer."""
        if self.writer is None or self.reader is None or self.reader.at_eof():
            self.close()
            self.reader, self.writer = await asyncio.open_connection(HOST, int(PORT))
        wish = "keep-alive" if keep else "close"
        self.writer.write(f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\nConnection: {wish}\r\n\r\n".encode())
        await self.writer.drain()
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        await self.reader.readexactly(int(fields.get("content-length", "0")))
        if not keep or fields.get("connection") == "close":
            self.close()
        return int(head.split()[1])

    def close(self) -> None:
        """Drop the connection."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


async def stream(number: int, kind: str) -> None:
    """Send requests for ever, each at its time, whatever became of the last."""
    connection = Connection()
    due = time.monotonic() + EACH * number / KEPT
    while True:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        due += EACH
        try:
            status = await asyncio.wait_for(connection.ask(keep=kind == "kept"), PATIENCE)
            fault = "" if status == 200 else f"status {status}"
        except (TimeoutError, OSError, EOFError) as error:
            fault = type(error).__name__
            connection.close()
        counted[kind] += 1
        if fault:
            counted["lost"] += 1
            reasons[fault] = reasons.get(fault, 0) + 1


async def main() -> None:
    """Run every stream, and print the count of all requests each second."""
    streams = [asyncio.create_task(stream(number, kind)) for number in range(KEPT) for kind in ("kept", "new")]
    while True:
        await asyncio.sleep(1)
        for one in streams:
            if one.done():
                one.result()
        print(json.dumps({**counted, "reasons": reasons}), flush=True)


sys.exit(asyncio.run(main()))
