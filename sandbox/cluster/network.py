"""The bridge that pods hang on, and the rules that keep their traffic on this machine."""

import json
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sandbox.cluster.addresses import BRIDGE, NODE_RANGE, POD_RANGE, SERVICE_RANGE
from sandbox.errors import SandboxError

_CHAIN = "STACKWRIGHT"
_CLUSTER_PORTS = "6443,10250,10256"
"""What the API server, kubelet and kube-proxy listen on beyond 127.0.0.1."""


def up() -> None:
    """Create the bridge, the service route and the firewall rules, as far as they are missing."""
    if not _interface():
        _run("ip", "link", "add", BRIDGE, "type", "bridge")
    address, _, width = NODE_RANGE.partition("/")
    node = f"{address.rpartition('.')[0]}.1/{width}"
    _run("ip", "address", "replace", node, "dev", BRIDGE)
    _run("ip", "link", "set", BRIDGE, "up")
    # Without it the machine itself would look for services at its default gateway, before kube-proxy has its say.
    _run("ip", "route", "replace", SERVICE_RANGE, "dev", BRIDGE)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    for table_command in _rules():
        _run("iptables", "-w", *table_command)


def down() -> None:
    """Remove the bridge with all that hangs on it, the rules, and those that kube-proxy and CNI left."""
    for chain in ("INPUT", "FORWARD", "OUTPUT"):
        while _run("iptables", "-w", "-D", chain, "-j", _CHAIN, check=False):
            pass
    _run("iptables", "-w", "-F", _CHAIN, check=False)
    _run("iptables", "-w", "-X", _CHAIN, check=False)
    for table in ("nat", "filter", "mangle"):
        _remove_foreign(table)
    for interface in _hanging_on_bridge():
        _run("ip", "link", "delete", interface, check=False)
    if _interface():
        _run("ip", "link", "delete", BRIDGE)


def leftovers() -> list[str]:
    """Return the interfaces, routes and rules of a sandbox that are there."""
    found = [f"interface {BRIDGE}"] if _interface() else []
    routes = subprocess.run(["ip", "route"], capture_output=True, text=True, check=False).stdout.splitlines()
    found += [f"route {route}" for route in routes if BRIDGE in route]
    rules = subprocess.run(["iptables-save"], capture_output=True, text=True, check=False).stdout.splitlines()
    return found + [f"rule {rule}" for rule in rules if any(mark in rule for mark in (_CHAIN, *_FOREIGN))]


_FOREIGN = ("KUBE-", "CNI-")
"""What the names of kube-proxy's and the CNI plugins' chains start with."""


def _rules() -> Iterator[tuple[str, ...]]:
    """Yield the firewall's commands: an own chain, filled anew, first in every direction."""
    _run("iptables", "-w", "-N", _CHAIN, check=False)
    yield ("-F", _CHAIN)
    for direction in ("INPUT", "FORWARD", "OUTPUT"):
        if not _run("iptables", "-w", "-C", direction, "-j", _CHAIN, check=False):
            yield ("-I", direction, "1", "-j", _CHAIN)
    yield ("-A", _CHAIN, "-i", BRIDGE, "-o", BRIDGE, "-j", "ACCEPT")
    for cluster in (POD_RANGE, SERVICE_RANGE):
        for outside in _outside_interfaces():
            yield ("-A", _CHAIN, "-o", outside, "-d", cluster, "-j", "DROP")
            yield ("-A", _CHAIN, "-o", outside, "-s", cluster, "-j", "DROP")
            yield ("-A", _CHAIN, "-i", outside, "-d", cluster, "-j", "DROP")
    for outside in _outside_interfaces():
        guarded = ("-p", "tcp", "-m", "multiport", "--dports", f"{_CLUSTER_PORTS},30000:32767")
        yield ("-A", _CHAIN, "-i", outside, *guarded, "-j", "DROP")


def _outside_interfaces() -> list[str]:
    """Return the interfaces that lead off this machine: all but loopback, the bridge and what hangs on it."""
    links = _links()
    inside = {"lo", BRIDGE, *_hanging_on_bridge()}
    return [link["ifname"] for link in links if link["ifname"] not in inside and link.get("operstate") != "DOWN"]


def _hanging_on_bridge() -> list[str]:
    return [link["ifname"] for link in _links() if link.get("master") == BRIDGE]


def _interface() -> bool:
    return any(link["ifname"] == BRIDGE for link in _links())


def _links() -> list[dict[str, str]]:
    shown = subprocess.run(["ip", "-j", "link"], capture_output=True, text=True, check=True).stdout
    links: list[dict[str, str]] = json.loads(shown)
    return links


def _remove_foreign(table: str) -> None:
    """Remove every chain of one table that kube-proxy or a CNI plugin made, and the jumps to them."""
    saved = subprocess.run(["iptables-save", "-t", table], capture_output=True, text=True, check=False).stdout
    lines = saved.splitlines()
    chains = [line[1:].split()[0] for line in lines if line.startswith(":") and line[1:].startswith(_FOREIGN)]
    for line in lines:
        words = line.split()
        if line.startswith("-A") and not words[1].startswith(_FOREIGN) and any(w.startswith(_FOREIGN) for w in words):
            _run("iptables", "-w", "-t", table, "-D", *shlex.split(line)[1:], check=False)
    for flag in ("-F", "-X"):
        for chain in chains:
            _run("iptables", "-w", "-t", table, flag, chain, check=False)


def _run(*command: str, check: bool = True) -> bool:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise SandboxError(f"`{' '.join(command)}` failed: {done.stderr.strip()}")
    return done.returncode == 0
