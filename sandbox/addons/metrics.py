"""CPU and memory of pods, as autoscalers ask for them: metrics-server."""

from sandbox.addons.addon import Addon, Deployment, Ground
from sandbox.tools.catalogue import GoTool


def _start(ground: Ground) -> None:
    ground.apply("metrics", image=ground.image("metrics-server"))


def _ready(ground: Ground) -> None:
    ground.kubectl.run("wait", "apiservice/v1beta1.metrics.k8s.io", "--for=condition=Available", "--timeout=120s")


METRICS = Addon(
    name="metrics",
    purpose="CPU and memory of pods",
    parts=(Deployment("kube-system", "metrics-server"),),
    start=_start,
    ready=_ready,
    builds=(GoTool("metrics-server", "metrics-server", "sigs.k8s.io/metrics-server/cmd/metrics-server", 100),),
)
