"""Autoscaling by what Prometheus counts and by the clock: KEDA's operator and its metrics server."""

import yaml

from sandbox.addons.addon import Addon, Deployment, Ground
from sandbox.tools.catalogue import GoTool
from sandbox.tools.go import module_folder

_VERSION = "2.21.0"
_MODULE = "github.com/kedacore/keda/v2"
_STAMP = (f"{_MODULE}/version.Version={_VERSION}",)
_PROGRAMS = {"keda-operator": "keda", "keda-metrics-apiserver": "keda-adapter"}
"""The program of each Deployment; their commands name it at the image's root."""
_WEBHOOK = "admission"
"""A part of the names of what belongs to KEDA's admission webhook, which repeats what is checked before a spec is
rendered, and would have to be built too."""


def _start(ground: Ground) -> None:
    folder = module_folder("keda", _MODULE) / "config" / "default"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = yaml.load_all(ground.kubectl.run("kustomize", str(folder)), loader)
    objects = [one for one in found if _WEBHOOK not in one["metadata"]["name"]]
    for one in objects:
        if one["kind"] == "Deployment":
            (container,) = one["spec"]["template"]["spec"]["containers"]
            container |= {"image": ground.image(_PROGRAMS[one["metadata"]["name"]]), "imagePullPolicy": "IfNotPresent"}
            # One node runs everything, and a request is kept free whether it is used or not.
            container["resources"]["requests"] = {"cpu": "10m", "memory": "64Mi"}
    ground.kubectl.apply(yaml.safe_dump_all(objects, sort_keys=False))


def _ready(ground: Ground) -> None:
    served = "apiservice/v1beta1.external.metrics.k8s.io"
    ground.kubectl.run("wait", served, "--for=condition=Available", "--timeout=180s")


KEDA = Addon(
    name="keda",
    purpose="autoscaling by requests, by a plan and by the clock",
    parts=(Deployment("keda", "keda-operator"), Deployment("keda", "keda-metrics-apiserver")),
    start=_start,
    ready=_ready,
    builds=(
        GoTool("keda", "keda", f"{_MODULE}/cmd/operator", 420, _STAMP),
        GoTool("keda-adapter", "keda", f"{_MODULE}/cmd/adapter", 150, _STAMP),
    ),
)
