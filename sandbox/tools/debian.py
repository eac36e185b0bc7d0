"""Programs from Debian packages: daemons are unpacked beside the system, only small tools are installed into it."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.layout import Layout
from sandbox.progress import step


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose programs the sandbox runs as its own processes. Installed, Debian would start it as a service."""

    name: str
    programs: tuple[str, ...]
    """Their paths in the package."""


_CNI = "containernetworking-plugins"
NODE = (
    Package("containerd", ("usr/bin/containerd", "usr/bin/containerd-shim-runc-v2")),
    Package("runc", ("usr/sbin/runc",)),
    Package("docker-registry", ("usr/bin/docker-registry",)),
    Package(_CNI, ("usr/lib/cni/bridge",)),
)
"""What a node that runs pods needs."""

INSTALLED = {"iptables": "iptables", "iproute2": "ip", "debootstrap": "debootstrap"}
"""Packages without a service, each with the program that shows it is there."""


def provide(layout: Layout, packages: Iterable[Package]) -> dict[str, Path]:
    """Return the programs of packages by name: those that the machine has, or else unpacked.

    Raises:
        SandboxError: this is not a Debian system, and something is missing.

    """
    programs: dict[str, Path] = {}
    for package in packages:
        found = [installed for path in package.programs if (installed := layout.installed(Path(path).name))]
        # A CNI plugin is no command: what PATH has under its name is another program.
        if len(found) == len(package.programs) and package.name != _CNI:
            programs |= {path.name: path for path in found}
            continue
        folder = _unpacked(layout, package.name)
        programs |= {Path(path).name: folder / path for path in package.programs}
    return programs


def install_tools() -> None:
    """See to it that the small tools are installed.

    Raises:
        SandboxError: this is not a Debian system, and one is missing.

    """
    packages = [package for package, program in INSTALLED.items() if shutil.which(program) is None]
    if not packages:
        return
    if shutil.which("apt-get") is None:
        raise SandboxError(f"Missing on this system: {', '.join(packages)}.", "Install them and try again.")
    with step(f"install {', '.join(packages)}"):
        _apt("install", "-y", "--no-install-recommends", *packages)


def _unpacked(layout: Layout, package: str) -> Path:
    """Return the folder with a package's files, unpacked once."""
    folder = layout.cache / "debian" / package
    if folder.exists():
        return folder
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise SandboxError(
            f"`{package}` is not installed, and this is not a Debian system.", "Install it and try again."
        )
    with step(f"unpack {package}"):
        half = folder.with_suffix(".unpacking")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        # apt's own user must be able to write where it downloads to.
        half.chmod(0o777)
        _apt("download", package, folder=half)
        archive = next(half.glob("*.deb"))
        subprocess.run(["dpkg-deb", "-x", str(archive), str(half / "files")], check=True)
        (half / "files").rename(folder)
        shutil.rmtree(half)
    return folder


def _apt(*arguments: str, folder: Path | None = None) -> None:
    """Run apt-get, after refreshing its lists when the first try finds nothing."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-q", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        subprocess.run(["apt-get", "-q", "update"], env=environment, capture_output=True, check=False)
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SandboxError(f"apt-get {arguments[0]} failed: {done.stderr.strip().splitlines()[-1]}")
