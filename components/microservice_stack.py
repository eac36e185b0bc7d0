"""A whole application in one environment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import NotRequired, TypedDict

import pulumi

from components.apply import KubernetesObject, apply_manifest, apply_manifests, settled
from components.autoscaled_service import AutoscaledService, ResolvedService
from components.failure import run_error
from components.manifests import Callers, callers, extra_objects, job_objects, namespace, shared_objects
from components.manifests.checked import checked
from components.manifests.network.addresses import addresses
from components.manifests.pods.references import Reference
from components.mesh_ingress import MeshIngress
from components.secrets import SecretValues, secret_values
from components.service_image import ServiceImage, image_args
from components.window import Window
from schemas.examine import read
from schemas.model import Job, Service
from schemas.problems import DeployError
from schemas.resolve import resolve
from schemas.spec import Spec
from schemas.values.quantity import seconds


class MicroserviceStackArgs(TypedDict):
    """Which application, and which of its environments."""

    application: str
    """The application file."""
    platform: str
    """The platform file."""
    environment: str
    """The environment, by its name in the platform file."""
    location: NotRequired[str]
    """The location. Without it: the environment's first."""
    release: NotRequired[str]
    """The release file that names the image of each service."""
    images: NotRequired[dict[str, pulumi.Input[str]]]
    """Images by service, and of another version by `<service>-<version>`, instead of those that the files name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedStack:
    """An application that has been resolved already, as the program of a stack hands it over."""

    spec: Spec
    on_failure: pulumi.ErrorHook | None = None
    """Called when a workload does not become ready."""


_USED_BY_NAME = {"ConfigMap", "Secret"}

_SHARED_AT_ONCE = 8
"""How many shared objects count like a service, which has as many."""


class MicroserviceStack(pulumi.ComponentResource):
    """An application: its namespace, images, services, jobs and way in."""

    namespace: pulumi.Output[str]
    """The namespace of the application."""
    addresses: pulumi.Output[dict[str, str]]
    """The address of each host of the ingress by the host's name; none without an ingress."""
    images: pulumi.Output[dict[str, str]]
    """The image that each service runs, by digest where it was built or released."""

    def __init__(self, name: str, args: MicroserviceStackArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        given: object = args
        resolved = given if isinstance(given, ResolvedStack) else ResolvedStack(spec=_resolved(args))
        images_given = {} if isinstance(given, ResolvedStack) else args.get("images", {})
        spec = resolved.spec
        values = _values(spec)
        super().__init__("stackwright:index:MicroserviceStack", name, {}, opts)
        for warning in spec.warnings:
            pulumi.log.warn(str(warning), resource=self)
        parts = _Parts(self, name, resolved, values)
        built = parts.built(images_given)
        images = {**{key: image.ref for key, image in built.items()}, **parts.named(built, images_given)}
        self.addresses = pulumi.Output.from_input(_addresses(spec))
        self.namespace = pulumi.Output.from_input(parts.all(list(built.values()), images))
        self.images = pulumi.Output.all(**images)
        self.register_outputs({"namespace": self.namespace, "addresses": self.addresses, "images": self.images})


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the services of an application stand on."""

    base: Sequence[KubernetesObject]
    """The namespace, and the policies without which no pod may start."""
    shared: Mapping[Reference, KubernetesObject]
    """ConfigMaps and Secrets; who uses one waits for it."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """Registers the parts of an application as children of its component."""

    stack: MicroserviceStack
    name: str
    resolved: ResolvedStack
    values: SecretValues

    @property
    def spec(self) -> Spec:
        """The application in its environment."""
        return self.resolved.spec

    def built(self, given: Mapping[str, pulumi.Input[str]]) -> dict[str, ServiceImage]:
        """Register the images that are built from source, by service."""
        return {
            key: ServiceImage(
                f"{self.name}-{key}",
                image_args(self.spec, service, service.build),
                pulumi.ResourceOptions(parent=self.stack),
            )
            for key, service in self.running()
            if service.build is not None and key not in given
        }

    def named(
        self, built: Mapping[str, ServiceImage], given: Mapping[str, pulumi.Input[str]]
    ) -> dict[str, pulumi.Input[str]]:
        """Return the images that exist already, by service: the program's, the release's or the spec's."""
        return {key: given.get(key) or self.spec.image(one) for key, one in self.running() if key not in built}

    def running(self) -> Iterator[tuple[str, Service]]:
        """Yield each service and each other version of one, with its name."""
        yield from ((service.name, service) for _, service in self.spec.running())

    async def all(self, built: Sequence[ServiceImage], images: Mapping[str, pulumi.Input[str]]) -> str:
        """Register everything but the images; return the namespace when all is registered."""
        window = Window()
        ground = await self.ground(built, window)
        waits = self.jobs(images, ground)
        self.beside(ground)
        split = await self.services(images, ground, waits, window)
        if self.spec.application.ingress is not None:
            # What shares calls out comes after the pods of every version.
            opts = pulumi.ResourceOptions.merge(self._options(ground.base), pulumi.ResourceOptions(depends_on=split))
            MeshIngress(f"{self.name}-ingress", self.spec, opts)  # type: ignore[arg-type]
        return self.spec.application.namespace

    async def ground(self, images: Sequence[ServiceImage], window: Window) -> _Ground:
        """Register what every service stands on.

        The cluster is touched only when every image is there, and the namespace comes first: if a build fails, or the
        namespace is another stack's, nothing is half done.
        """
        app = self.spec.application
        environment = self.spec.environment
        opts = pulumi.ResourceOptions(parent=self.stack, depends_on=images)
        space = apply_manifest(self.name, namespace(app, environment), opts)
        base: list[KubernetesObject] = [space]
        shared: dict[Reference, KubernetesObject] = {}
        manifests = shared_objects(app, environment, self.values.data, self.values.pull_credentials)
        for start in range(0, len(manifests), _SHARED_AT_ONCE):
            await window.turn()
            some = manifests[start : start + _SHARED_AT_ONCE]
            applied = [apply_manifest(self.name, manifest, self._options([space])) for manifest in some]
            for manifest, one in zip(some, applied, strict=True):
                if manifest["kind"] in _USED_BY_NAME:
                    shared[manifest["kind"], manifest["metadata"]["name"]] = one
                else:
                    base.append(one)
            window.until(settled(applied))
        return _Ground(base, shared)

    def jobs(self, images: Mapping[str, pulumi.Input[str]], ground: _Ground) -> dict[str, list[KubernetesObject]]:
        """Register the jobs; return what each service waits for."""
        waits: dict[str, list[KubernetesObject]] = {}
        for job in self.spec.application.jobs.values():
            applied = self._job(job, images[job.service], ground)
            for waiting in job.trigger.before or ():
                waits.setdefault(waiting, []).extend(applied)
        return waits

    async def services(
        self,
        images: Mapping[str, pulumi.Input[str]],
        ground: _Ground,
        waits: Mapping[str, Sequence[KubernetesObject]],
        window: Window,
    ) -> list[AutoscaledService]:
        """Register the services, a bounded number at a time; return those whose calls are shared out."""
        split = []
        calling = callers(self.spec.application)
        for key, service in self.spec.application.services.items():
            await window.turn()
            one = self._service(service, images, ground, waits.get(key, ()), calling)
            window.until(one.settled())
            if service.traffic.split is not None:
                split.append(one)
        return split

    def _service(
        self,
        service: Service,
        images: Mapping[str, pulumi.Input[str]],
        ground: _Ground,
        waits: Sequence[KubernetesObject],
        calling: Callers,
    ) -> AutoscaledService:
        resolved = ResolvedService(
            spec=self.spec,
            service=service,
            image=images[service.name],
            versions={version: images[other.name] for version, other in service.others.items()},
            secret_digests=self.values.digests,
            shared=ground.shared,
            on_failure=self.resolved.on_failure,
            calling=calling,
        )
        opts = self._options([*ground.base, *waits])
        if service.renamed_from:
            opts.aliases = [pulumi.Alias(name=f"{self.name}-{service.renamed_from}")]
        # The component takes a resolved service as well as the mapping that other programs write.
        return AutoscaledService(f"{self.name}-{service.name}", resolved, opts)  # type: ignore[arg-type]

    def beside(self, ground: _Ground) -> None:
        """Register the extra objects. Pods that need one wait for it in the cluster, as Kubernetes has it."""
        apply_manifests(f"{self.name}-extra", extra_objects(self.spec.application), self._options(ground.base))

    def _job(self, job: Job, image: pulumi.Input[str], ground: _Ground) -> list[KubernetesObject]:
        app, environment = self.spec.application, self.spec.environment
        objects = job_objects(app, environment, job, image, self.values.digests)
        longest = seconds(job.timeout) * (job.retries + 1) + 60
        opts = self._options(ground.base)
        return apply_manifests(self.name, objects, opts, shared=ground.shared, timeout_seconds=longest)

    def _options(self, ground: Sequence[KubernetesObject]) -> pulumi.ResourceOptions:
        """Return the options of what lives in the namespace, the first of the ground's base, and goes when it goes."""
        return pulumi.ResourceOptions(parent=self.stack, depends_on=list(ground), deleted_with=ground[0])


def _resolved(args: MicroserviceStackArgs) -> Spec:
    """Return the checked spec that the arguments name; nothing has been registered when this fails."""
    releases = (FilePath(args["release"]),) if args.get("release") else ()
    try:
        project = read(FilePath(args["application"]), FilePath(args["platform"]), releases)
        return checked(resolve(project, args["environment"], args.get("location")))
    except DeployError as error:
        raise run_error(error) from None


def _addresses(spec: Spec) -> dict[str, str]:
    return addresses(spec.application, spec.environment) if spec.application.ingress else {}


def _values(spec: Spec) -> SecretValues:
    try:
        return secret_values(spec)
    except DeployError as error:
        raise run_error(error) from None
