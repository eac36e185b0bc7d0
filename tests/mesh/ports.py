"""Ports on loopback that nobody has."""

import socket


def free_ports(count: int) -> list[int]:
    """Return ports that were free a moment ago, each another."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    numbers = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return numbers
