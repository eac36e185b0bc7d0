"""Volumes in a folder of this machine: the local path provisioner."""

from sandbox.addons.addon import Addon, Deployment, Ground
from sandbox.images.base import PYTHON, TAG
from sandbox.images.registry import address_of
from sandbox.tools.catalogue import GoTool


def _start(ground: Ground) -> None:
    ground.apply(
        "storage",
        image=ground.image("local-path-provisioner"),
        helper=address_of(PYTHON, TAG),
        volumes=str(ground.layout.data / "volumes"),
    )


STORAGE = Addon(
    name="storage",
    purpose="volumes",
    parts=(Deployment("storage", "provisioner"),),
    start=_start,
    builds=(
        GoTool("local-path-provisioner", "local-path-provisioner", "github.com/rancher/local-path-provisioner", 15),
    ),
)
