"""The Pulumi engine of the sandbox: its own home, plugins and state, apart from any the user has."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.layout import Layout
from sandbox.progress import note
from sandbox.settings import write_settings
from sandbox.tools.catalogue import DOCKER_BUILD_PROVIDER, ENGINE, KUBERNETES_PROVIDER, PULUMI, GoTool
from sandbox.tools.go import built, module_folder

PASSPHRASE = "stackwright-sandbox"  # noqa: S105
"""The passphrase of the sandbox's stacks. It is public, as the example values it hides are."""

_PLUGINS = {"kubernetes": KUBERNETES_PROVIDER, "docker-build": DOCKER_BUILD_PROVIDER}


def provide_engine(layout: Layout) -> dict[str, Path]:
    """Return Pulumi and its language host, building what a fitting installed one does not bring.

    An installed `pulumi` of the pinned minor version or a newer one of the same major is used with its own language
    host, and installed provider plugins are used when they have the pinned version.
    """
    found = _installed_pulumi(layout)
    installed = {f"pulumi-resource-{name}": _installed_plugin(name, version) for name, version in _PLUGINS.items()}
    wanted: list[GoTool] = []
    for tool in ENGINE:
        have = found if tool.name in ("pulumi", "pulumi-language-python") else installed.get(tool.name)
        if have is None:
            wanted.append(tool)
    tools = {name: path for name, path in installed.items() if path is not None} | built(layout, tuple(wanted))
    if found is not None:
        note(f"using {found}, which fits")
        tools |= {"pulumi": found}
    else:
        # A script, which the language host looks for beside itself.
        script = tools["pulumi-language-python"].with_name("pulumi-language-python-exec")
        if not script.exists():
            source = module_folder("langhost", "github.com/pulumi/pulumi/sdk/v3") / "python" / "cmd" / script.name
            half = script.with_suffix(".writing")
            shutil.copyfile(source, half)
            half.chmod(0o755)
            half.rename(script)
        tools[script.name] = script
    return tools


def install_plugins(layout: Layout, tools: dict[str, Path], variables: dict[str, str]) -> None:
    """Install the provider plugins into the sandbox's Pulumi home, and make the state's folder."""
    (layout.data / "pulumi-state").mkdir(parents=True, exist_ok=True)
    write_settings(layout.config / "passphrase", PASSPHRASE)
    for name, version in _PLUGINS.items():
        target = layout.data / "pulumi" / "plugins" / f"resource-{name}-v{version}" / f"pulumi-resource-{name}"
        if target.exists() and target.stat().st_size == tools[f"pulumi-resource-{name}"].stat().st_size:
            continue
        command = [str(tools["pulumi"]), "plugin", "install", "resource", name, f"v{version}", "--reinstall"]
        command += ["--file", str(tools[f"pulumi-resource-{name}"])]
        done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SandboxError(f"the plugin {name} could not be installed: {done.stderr.strip().splitlines()[-1]}")


def _installed_pulumi(layout: Layout) -> Path | None:
    """Return a `pulumi` on PATH that fits the pinned SDK, or nothing."""
    program = layout.installed("pulumi")
    if program is None or layout.installed("pulumi-language-python") is None:
        return None
    done = subprocess.run([str(program), "version"], capture_output=True, text=True, check=False)
    version = re.match(r"v?(\d+)\.(\d+)", done.stdout.strip())
    major, minor, _ = PULUMI.split(".")
    fits = version is not None and version[1] == major and int(version[2]) >= int(minor)
    return program if fits else None


def _installed_plugin(name: str, version: str) -> Path | None:
    """Return a provider that the user's own Pulumi has installed in the pinned version, or nothing."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    program = home / "plugins" / f"resource-{name}-v{version}" / f"pulumi-resource-{name}"
    return program if program.is_file() else None
