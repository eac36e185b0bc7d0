"""DNS within the cluster: CoreDNS."""

from sandbox.addons.addon import Addon, Deployment, Ground
from sandbox.cluster.addresses import DNS_SERVICE
from sandbox.tools.catalogue import GoTool


def _start(ground: Ground) -> None:
    ground.apply("dns", image=ground.image("coredns"), dns_service=DNS_SERVICE)


DNS = Addon(
    name="dns",
    purpose="names of services",
    parts=(Deployment("kube-system", "coredns"),),
    start=_start,
    builds=(GoTool("coredns", "coredns", "github.com/coredns/coredns", 100),),
)
