"""The tools that are built from Go modules: pin, package, version and flags. Those of an add-on stand with it."""

from dataclasses import dataclass, field
from pathlib import Path

PINS = Path(__file__).resolve().parent.parent / "pins"
"""A folder with `go.mod` and `go.sum` for each family of tools."""

KUBERNETES = "1.36.3"
PULUMI = "3.259.0"
KUBERNETES_PROVIDER = "4.25.0"
DOCKER_BUILD_PROVIDER = "0.0.22"

_COMPONENT_BASE = "k8s.io/component-base/version"
_MAJOR, _MINOR, _ = KUBERNETES.split(".")
_KUBERNETES_STAMP = (
    f"{_COMPONENT_BASE}.gitVersion=v{KUBERNETES}",
    f"{_COMPONENT_BASE}.gitMajor={_MAJOR}",
    f"{_COMPONENT_BASE}.gitMinor={_MINOR}",
)


@dataclass(frozen=True, slots=True)
class GoTool:
    """A program in a Go module."""

    name: str
    family: str
    """The folder of its pins."""
    package: str
    cold_seconds: int
    """About how long it takes to build on two cores without a cache."""
    stamps: tuple[str, ...] = ()
    """Variables that the linker sets."""
    tags: tuple[str, ...] = ()
    embeds: tuple[str, str] | None = field(default=None)
    """A file of the module's that is copied beside the sources first: module and path."""


def _kubernetes(name: str, cold_seconds: int) -> GoTool:
    return GoTool(name, "kubernetes", f"k8s.io/kubernetes/cmd/{name}", cold_seconds, _KUBERNETES_STAMP)


ENGINE = (
    GoTool(
        "pulumi",
        "pulumi",
        "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        200,
        # Unstamped, the Automation API refuses it.
        (f"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{PULUMI}",),
        ("osusergo", "grpcnotrace"),
    ),
    GoTool(
        "pulumi-language-python", "langhost", "github.com/pulumi/pulumi/sdk/python/cmd/pulumi-language-python/v3", 26
    ),
    GoTool(
        "pulumi-resource-kubernetes",
        "kubernetes-provider",
        ".",
        400,
        embeds=("github.com/pulumi/pulumi-kubernetes/provider/v4", "cmd/pulumi-resource-kubernetes/schema.json"),
    ),
    GoTool(
        "pulumi-resource-docker-build",
        "docker-build",
        "github.com/pulumi/pulumi-docker-build/provider/cmd/pulumi-resource-docker-build",
        120,
        # Unstamped, the engine warns at every run.
        (f"github.com/pulumi/pulumi-docker-build/provider.Version={DOCKER_BUILD_PROVIDER}",),
    ),
)
"""Pulumi, its language host for Python and its providers."""

CONTROL_PLANE = (
    GoTool("etcd", "etcd", "go.etcd.io/etcd/server/v3", 40),
    _kubernetes("kube-apiserver", 210),
    _kubernetes("kube-controller-manager", 60),
    _kubernetes("kube-scheduler", 6),
    _kubernetes("kubectl", 20),
)
"""What every cluster needs."""

NODE = (
    _kubernetes("kubelet", 20),
    _kubernetes("kube-proxy", 8),
    GoTool("pause", "pause", ".", 2),
    GoTool("buildkitd", "buildkit", "github.com/moby/buildkit/cmd/buildkitd", 130),
)
"""What a node that runs pods needs."""

SIMULATION = (GoTool("kwok", "kwok", "sigs.k8s.io/kwok/cmd/kwok", 80),)
"""Nodes whose pods are only claimed to run."""

CHECKERS = (
    GoTool("kube-score", "kube-score", "github.com/zegl/kube-score/cmd/kube-score", 30),
    GoTool("kubeconform", "kubeconform", "github.com/yannh/kubeconform/cmd/kubeconform", 10),
)
"""What other people's rules say of the objects that come out; built only where it is asked for."""
