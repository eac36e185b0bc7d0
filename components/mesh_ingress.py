"""The way in: routes from outside the cluster to services."""

from typing import Any, TypedDict

import pulumi

from components.apply import apply_manifests
from components.failure import run_error
from components.manifests import ingress_objects
from components.manifests.network.addresses import addresses
from schemas.inline import ingress_spec
from schemas.problems import DeployError
from schemas.spec import Spec


class MeshIngressArgs(TypedDict):
    """Routes in the language of an application's `spec.ingress`, and the way in that the platform has."""

    application: str
    """The application the routes belong to."""
    owner: str
    """The team that answers for it."""
    environment: str
    """The environment's name."""
    domain: str
    """The domain under which the hosts stand."""
    ingress: dict[str, Any]
    """Hosts and routes, as under `spec.ingress` of an application file."""
    services: dict[str, Any]
    """The ports of the services that routes lead to: `{storefront: {http: {port: 80}}}`."""
    platform: dict[str, Any]
    """The way in, as under `ingress` of an environment in a platform file: `{class: traefik}`."""


class MeshIngress(pulumi.ComponentResource):
    """An Ingress, a Gateway with its routes, or Istio's own Gateway with VirtualServices, by what the platform has."""

    addresses: pulumi.Output[dict[str, str]]
    """The address of each host by the host's name."""

    def __init__(self, name: str, args: MeshIngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        given: object = args
        spec = given if isinstance(given, Spec) else _resolved(name, args)
        super().__init__("stackwright:index:MeshIngress", name, {}, opts)
        objects = ingress_objects(spec.application, spec.environment)
        apply_manifests(name, objects, pulumi.ResourceOptions(parent=self))
        self.addresses = pulumi.Output.from_input(addresses(spec.application, spec.environment))
        self.register_outputs({"addresses": self.addresses})


def _resolved(name: str, args: MeshIngressArgs) -> Spec:
    try:
        return ingress_spec(
            name,
            args["ingress"],
            args["services"],
            application=args["application"],
            owner=args["owner"],
            environment=args["environment"],
            domain=args["domain"],
            platform=args["platform"],
        )
    except DeployError as error:
        raise run_error(error) from None
