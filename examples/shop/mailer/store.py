"""A small client of the store, which speaks Redis' protocol."""

import os
import socket
import threading


class StoreError(Exception):
    """Raised when the store cannot be reached, or refuses a command."""


class Store:
    """Sends commands over one connection, and opens it again when it was lost."""

    def __init__(self):
        self.address = (os.environ["STORE_HOST"], int(os.environ["STORE_PORT"]))
        self.password = os.environ.get("STORE_PASSWORD", "")
        self.lock = threading.Lock()
        self.stream = None

    def __call__(self, *words, patience=3):
        """Return the store's answer to one command."""
        with self.lock:
            for attempt in (1, 2):
                fresh = self.stream is None
                try:
                    if fresh:
                        self.open(patience)
                    return self.exchange(words)
                except OSError as error:
                    self.stream = None
                    if fresh or attempt == 2:
                        raise StoreError(f"the store does not answer: {error}") from error

    def open(self, patience):
        connection = socket.create_connection(self.address, timeout=patience)
        self.stream = connection.makefile("rwb")
        if self.password:
            self.exchange(("AUTH", self.password))

    def exchange(self, words):
        self.stream.write(b"*%d\r\n" % len(words))
        for word in words:
            data = str(word).encode()
            self.stream.write(b"$%d\r\n%s\r\n" % (len(data), data))
        self.stream.flush()
        return self.read()

    def read(self):
        line = self.stream.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the connection was closed")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise StoreError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.stream.read(int(rest) + 2)[:-2].decode()
        if kind == b"*":
            return None if rest == b"-1" else [self.read() for _ in range(int(rest))]
        return rest.decode()
