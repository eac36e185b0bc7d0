"""Programs from Debian packages: daemons are unpacked beside the system, only small tools are installed into it."""

import os
import shutil
import subprocess
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.layout import Layout
from sandbox.progress import step

UNPACKED = {
    "containerd": ("usr/bin/containerd", "usr/bin/containerd-shim-runc-v2"),
    "runc": ("usr/sbin/runc",),
    "docker-registry": ("usr/bin/docker-registry",),
    "containernetworking-plugins": ("usr/lib/cni/bridge",),
}
"""Packages whose programs the sandbox runs as its own processes. Installed, Debian would start them as services."""

INSTALLED = {"iptables": "iptables", "iproute2": "ip", "debootstrap": "debootstrap"}
"""Packages without a service, each with the program that shows it is there."""


def provide(layout: Layout) -> dict[str, Path]:
    """Return the programs of the unpacked packages by name, and see to it that the small tools are installed.

    Raises:
        SandboxError: this is not a Debian system, and something is missing.

    """
    _install([package for package, program in INSTALLED.items() if shutil.which(program) is None])
    programs: dict[str, Path] = {}
    for package, paths in UNPACKED.items():
        found = [installed for path in paths if (installed := layout.installed(Path(path).name))]
        # A CNI plugin is no command: what PATH has under its name is another program.
        if len(found) == len(paths) and package != "containernetworking-plugins":
            programs |= {path.name: path for path in found}
            continue
        folder = _unpacked(layout, package)
        programs |= {Path(path).name: folder / path for path in paths}
    return programs


def _install(packages: list[str]) -> None:
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
