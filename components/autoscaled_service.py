"""One service: its workload, and an autoscaler when the spec asks for one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NotRequired, TypedDict

import pulumi

from components.apply import KubernetesObject, apply_manifests, settled
from components.failure import run_error
from components.manifests import Callers, service_objects
from components.manifests.pods.references import Reference
from components.manifests.workloads.workload import rollout_seconds
from schemas.inline import service_spec
from schemas.model import Service
from schemas.problems import DeployError
from schemas.spec import Spec


class AutoscaledServiceArgs(TypedDict):
    """One service in the language of an application's `spec.services.<name>`."""

    application: str
    """The application it belongs to, for labels and its neighbours' policies."""
    owner: str
    """The team that answers for it."""
    environment: str
    """The environment's name."""
    service: dict[str, Any]
    """The service, as under `spec.services.<name>` of an application file."""
    image: NotRequired[pulumi.Input[str]]
    """The image to run, instead of the one that `service` names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedService:
    """A service that has been resolved already, as `MicroserviceStack` hands it over."""

    spec: Spec
    service: Service
    image: pulumi.Input[str]
    secret_digests: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    shared: Mapping[Reference, KubernetesObject] = field(default_factory=dict)
    """The application's ConfigMaps and Secrets."""
    on_failure: pulumi.ErrorHook | None = None
    calling: Callers | None = None
    """What `callers` says of the application."""
    versions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """The images of the service's other versions, by the version's name."""


class AutoscaledService(pulumi.ComponentResource):
    """A Deployment or StatefulSet with its Service, policies and, when the spec says `scaling`, an autoscaler.

    The objects are named like the component, or, within a `MicroserviceStack`, like the service. Their namespace is
    `<application>-<environment>`; a program that uses this component alone sees to it that the namespace exists.
    """

    serviceName: pulumi.Output[str]  # noqa: N815 - the name other languages see
    """The name by which others in the namespace reach the service."""
    namespace: pulumi.Output[str]
    """The namespace of the service."""

    def __init__(self, name: str, args: AutoscaledServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        given: object = args
        resolved = given if isinstance(given, ResolvedService) else _resolved(name, args)
        super().__init__("stackwright:index:AutoscaledService", name, {}, opts)
        spec, service = resolved.spec, resolved.service
        objects = service_objects(
            spec.application,
            spec.environment,
            service,
            resolved.image,
            resolved.secret_digests,
            resolved.calling,
            resolved.versions,
        )
        self._objects = apply_manifests(
            name,
            objects,
            pulumi.ResourceOptions(parent=self),
            shared=resolved.shared,
            timeout_seconds=max(map(rollout_seconds, (service, *service.others.values()))),
            on_failure=resolved.on_failure,
        )
        self.serviceName = pulumi.Output.from_input(service.name)
        self.namespace = pulumi.Output.from_input(spec.application.namespace)
        self.register_outputs({"serviceName": self.serviceName, "namespace": self.namespace})

    async def settled(self) -> None:
        """Return when the engine has answered for every object, whatever it answered; forget the answers."""
        await settled(self._objects)


def _resolved(name: str, args: AutoscaledServiceArgs) -> ResolvedService:
    try:
        spec = service_spec(
            name,
            args["service"],
            application=args["application"],
            owner=args["owner"],
            environment=args["environment"],
            image_given="image" in args,
        )
    except DeployError as error:
        raise run_error(error) from None
    service = spec.application.services[name]
    versions = {version: spec.image(other) for version, other in service.others.items()}
    return ResolvedService(
        spec=spec, service=service, image=args.get("image") or spec.image(service), versions=versions
    )
