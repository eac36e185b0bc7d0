"""BuildKit, and the buildx builder that Pulumi's image provider finds it by."""

import json
from pathlib import Path

from sandbox.layout import Layout
from sandbox.ports import BUILDKIT, REGISTRY, listens, must_be_free
from sandbox.process import running, start, wait_until
from sandbox.settings import write_settings

COMPONENT = "buildkitd"
NAME = "stackwright"
"""The builder's name for buildx."""


def start_builder(layout: Layout, tools: dict[str, Path]) -> None:
    """Start BuildKit and register it as a buildx builder in the sandbox's own configuration."""
    if COMPONENT not in running(layout):
        must_be_free(BUILDKIT)
    config = write_settings(layout.config / "buildkitd.toml", f'[registry."{REGISTRY.address}"]\n  http = true\n')
    start(
        layout,
        COMPONENT,
        (
            tools["buildkitd"],
            f"--addr=tcp://{BUILDKIT.address}",
            "--oci-worker=true",
            f"--oci-worker-binary={tools['runc']}",
            "--containerd-worker=false",
            f"--root={layout.data / 'buildkit'}",
            f"--config={config}",
        ),
    )
    wait_until(lambda: listens(BUILDKIT), layout, COMPONENT, 30)
    node: dict[str, object] = {"Name": f"{NAME}0", "Endpoint": f"tcp://{BUILDKIT.address}", "DriverOpts": {}}
    instance = {"Name": NAME, "Driver": "remote", "Nodes": [node], "Dynamic": False}
    write_settings(layout.config / "buildx" / "instances" / NAME, json.dumps(instance))
