"""Building tools from Go modules, each once for each state of its pins."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.layout import Layout
from sandbox.progress import step
from sandbox.tools.catalogue import PINS, GoTool

_FLAGS = ("-trimpath", "-buildvcs=false")
_ENVIRONMENT = {
    "CGO_ENABLED": "0",
    "GOTOOLCHAIN": "local",
    "GOFLAGS": "",
    # The checksum database does not list every module version of these; the committed go.sum files check them all.
    "GONOSUMDB": "github.com/pulumi/*",
}


def built(layout: Layout, tools: tuple[GoTool, ...]) -> dict[str, Path]:
    """Return the executable of each tool, building what is missing, with progress.

    Raises:
        SandboxError: Go is missing, or a build failed.

    """
    missing = [tool for tool in tools if not _target(layout, tool).exists()]
    if missing and shutil.which("go") is None:
        raise SandboxError(f"Go is needed to build {missing[0].name}, and is not on PATH.", "Install Go 1.26 or newer.")
    for number, tool in enumerate(missing, 1):
        about = f"{tool.cold_seconds // 60} min" if tool.cold_seconds >= 90 else f"{tool.cold_seconds} s"
        with step(f"build {tool.name} ({number} of {len(missing)}, about {about} without a cache)"):
            _build(layout, tool)
    return {tool.name: _target(layout, tool) for tool in tools}


def module_folder(family: str, module: str) -> Path:
    """Return where the sources of a module lie that a family of tools requires."""
    pins = PINS / family
    _go(pins, "mod", "download", module)
    return Path(_go(pins, "list", "-m", "-f", "{{.Dir}}", module).strip())


def go_root() -> Path:
    """Return where the Go toolchain is installed."""
    return Path(_go(PINS / "pause", "env", "GOROOT").strip())


def key_of(tool: GoTool) -> str:
    """Return a short hash of all that decides what a tool's build gives."""
    digest = hashlib.sha256(repr((tool.package, tool.stamps, tool.tags, _FLAGS)).encode())
    for file in sorted((PINS / tool.family).rglob("*")):
        if file.is_file() and file.suffix in (".go", ".mod", ".sum"):
            digest.update(f"{file.relative_to(PINS)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _target(layout: Layout, tool: GoTool) -> Path:
    return layout.cache / "tools" / f"{tool.name}-{key_of(tool)}" / tool.name


def _build(layout: Layout, tool: GoTool) -> None:
    """Build one tool beside its place and move it there whole, so that a build that dies leaves nothing half done."""
    target = _target(layout, tool)
    with _alone(layout.cache / "tools" / f"{tool.name}.lock"):
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        if tool.embeds is not None:
            module, path = tool.embeds
            shutil.copyfile(module_folder(tool.family, module) / path, PINS / tool.family / Path(path).name)
        half = target.with_suffix(".building")
        # A build that was killed left it, and the linker overwrites only what it knows.
        half.unlink(missing_ok=True)
        linked = " ".join(("-s", "-w", *(f"-X {stamp}" for stamp in tool.stamps)))
        tags = ("-tags", ",".join(tool.tags)) if tool.tags else ()
        _go(PINS / tool.family, "build", *_FLAGS, *tags, "-ldflags", linked, "-o", str(half), tool.package)
        half.rename(target)


def _go(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["go", *arguments], cwd=folder, env={**os.environ, **_ENVIRONMENT}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "downloading" not in line]
        raise SandboxError(f"`go {arguments[0]}` failed in {folder.name}: {' / '.join(lines[-3:])}")
    return done.stdout


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock, so that two checkouts do not build one tool at once."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
