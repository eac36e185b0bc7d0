"""What a run that was killed left in a stack's backend: its lock, and operations without an outcome."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A run's claim on a stack."""

    pid: int
    user: str
    host: str
    since: str

    def alive_on(self, host: str) -> bool:
        """Return whether this host is the lock's, and its process still runs."""
        return self.host == host and Path(f"/proc/{self.pid}").exists()


def locks(backend: str, project: str, stack: str) -> list[Lock] | None:
    """Return the locks on a stack of a file backend; nothing for a backend that can't be looked into.

    Args:
        backend: its address, as `pulumi whoami --json` tells it.
        project: the project's name.
        stack: the stack's name, without its organization and project.

    """
    if (place := _folder(backend)) is None:
        return None
    files = sorted((place / "locks").glob(f"*/{project}/{stack}/*.json"))
    return [_lock(json.loads(file.read_text("utf-8"))) for file in files]


def torn(backend: str, project: str, stack: str) -> list[Path]:
    """Return the files of a stack in a file backend that were being written when a run died; none is needed.

    The backend renames each file into its place when it is whole, but writes what it notes of the file, its checksum
    and type, beside it and in place. An empty note makes the whole stack unreadable: `failed to load checkpoint: EOF`.
    A note that is missing does no harm.
    Source: https://pkg.go.dev/gocloud.dev/blob/fileblob
    """
    if (place := _folder(backend)) is None:
        return []
    own = (f"stacks/{project}/{stack}.json*", *(f"{kind}/{project}/{stack}/*" for kind in ("backups", "history")))
    files = {file for pattern in (*own, f"locks/*/{project}/{stack}/*") for file in place.glob(pattern)}
    return sorted(file for file in files if file.suffix == ".tmp" or (file.suffix == ".attrs" and _cut_off(file)))


def _cut_off(file: Path) -> bool:
    try:
        json.loads(file.read_bytes())
    except ValueError:
        return True
    return False


def _folder(backend: str) -> Path | None:
    """Return where a file backend keeps its files; nothing for a backend that can't be looked into."""
    address = urlsplit(backend)
    if address.scheme != "file":
        return None
    return Path(unquote(address.netloc + address.path)).expanduser() / ".pulumi"


def _lock(told: Mapping[str, Any]) -> Lock:
    return Lock(pid=told["pid"], user=told["username"], host=told["hostname"], since=told["timestamp"])


def pending(state: Mapping[str, Any]) -> list[str]:
    """Return the operations that an exported stack has no outcome of: `creating Deployment shop-cart-cart`."""
    operations: Sequence[Mapping[str, Any]] = (state.get("deployment") or {}).get("pending_operations") or ()
    return [f"{one['type']} {_words(one['resource']['urn'])}" for one in operations]


def without_pending(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return an exported stack without its operations that have no outcome."""
    deployment = dict(state["deployment"])
    deployment.pop("pending_operations", None)
    return {**state, "deployment": deployment}


def known(state: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    """Return the Kubernetes objects that an exported stack knows: kind, namespace and name."""
    found = set()
    for one in (state.get("deployment") or {}).get("resources") or ():
        kind: str = one["type"].rpartition(":")[2]
        if one["type"].startswith("kubernetes:") and one.get("id"):
            namespace, _, name = one["id"].rpartition("/")
            found.add((kind, namespace, name))
    return found


def _words(urn: str) -> str:
    chain, _, name = urn.rpartition("::")
    return f"{chain.rpartition(':')[2]} {name}"
