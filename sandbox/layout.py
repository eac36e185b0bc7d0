"""Where the sandbox keeps its things: one ignored folder for state and logs, one cache for what it has built."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

RUN = Path("/run/stackwright")
"""Sockets and mounts of the one sandbox a machine can run; socket paths must be short."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one sandbox."""

    root: Path
    """The state folder, ignored by git."""
    cache: Path
    """Built tools and images, shared by every checkout of this user."""

    @property
    def data(self) -> Path:
        """What a stopped sandbox keeps: cluster, registry and Pulumi state, which belong together."""
        return self.root / "data"

    @property
    def logs(self) -> Path:
        """A log file for each component."""
        return self.root / "logs"

    @property
    def config(self) -> Path:
        """Certificates, kubeconfigs and component settings, written anew by every start."""
        return self.root / "config"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.root / "kubeconfig"

    @property
    def bin(self) -> Path:
        """Links to every tool the sandbox uses: the one folder that goes on PATH."""
        return self.root / "bin"

    def installed(self, program: str) -> Path | None:
        """Return a program that the machine has, or nothing; what the sandbox put on PATH is not the machine's."""
        folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
        outside = os.pathsep.join(folder for folder in folders if Path(folder) != self.bin)
        found = shutil.which(program, path=outside)
        return Path(found) if found else None

    def make(self) -> None:
        """Create the folders; secrets live in some of them, so only the owner may look."""
        for folder in (self.root, self.data, self.logs, self.config, self.bin, self.cache):
            folder.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)


def layout() -> Layout:
    """Return the layout of this project's sandbox; `STACKWRIGHT_SANDBOX` names another state folder."""
    project = Path(__file__).resolve().parent.parent
    root = Path(os.environ.get("STACKWRIGHT_SANDBOX") or project / ".sandbox")
    cache_home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Layout(root=root.absolute(), cache=cache_home / "stackwright")
