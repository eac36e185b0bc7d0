"""An image built from a service's source, pushed to the platform's registry and used by digest."""

from pathlib import Path as FilePath
from typing import Any, NotRequired, TypedDict

import pulumi

from schemas.model import Build, Environment, Service
from schemas.spec import Spec


class ServiceImageArgs(TypedDict):
    """What an image is built from and where it goes."""

    context: str
    """The folder with the sources."""
    tag: str
    """Where the image goes: `registry/repository:tag`."""
    dockerfile: NotRequired[str]
    """The Dockerfile, from the context. Without it: `Dockerfile`."""
    dockerfileInline: NotRequired[str]
    """A Dockerfile's text, instead of a file."""
    target: NotRequired[str]
    """The stage to build."""
    buildArgs: NotRequired[dict[str, str]]
    """Build arguments. Never secrets: they stay in the image's history."""
    platforms: NotRequired[list[str]]
    """Platforms such as `linux/amd64`. Without it: the builder's own."""
    builder: NotRequired[str]
    """A builder of buildx. Without it: the default one."""


class ServiceImage(pulumi.ComponentResource):
    """An image, built when its sources change and never during a preview."""

    ref: pulumi.Output[str]
    """The image by digest: `registry/repository:tag@sha256:…`."""

    def __init__(self, name: str, args: ServiceImageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        # Only programs that build something need it, and it takes as long to load as all of ours.
        import pulumi_docker_build as docker_build  # noqa: PLC0415

        super().__init__("stackwright:index:ServiceImage", name, {}, opts)
        # The generated overloads do not take plain mappings whose keys are optional.
        image: Any = docker_build.Image(  # type: ignore[call-overload]
            f"{name}-image",
            tags=[args["tag"]],
            context={"location": args["context"]},
            dockerfile=_dockerfile(args),
            target=args.get("target"),
            build_args=args.get("buildArgs"),
            platforms=args.get("platforms"),
            builder={"name": args["builder"]} if args.get("builder") else None,
            push=True,
            build_on_preview=False,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.ref = image.ref
        self.register_outputs({"ref": self.ref})


def _dockerfile(args: ServiceImageArgs) -> dict[str, Any]:
    if inline := args.get("dockerfileInline"):
        return {"inline": inline}
    return {"location": str(FilePath(args["context"]) / args.get("dockerfile", "Dockerfile"))}


def image_args(spec: Spec, service: Service, build: Build) -> ServiceImageArgs:
    """Return how a service of a spec is built on its platform."""
    platform: Environment = spec.environment
    app = spec.application
    builds = platform.builds
    args = ServiceImageArgs(
        context=str(spec.folder / build.context),
        tag=f"{platform.registry.address}/{app.name}/{service.name}:{app.environment}",
        buildArgs={**(builds.args if builds else {}), **build.args},
    )
    if build.language:
        from components.dockerfile import dockerfile  # noqa: PLC0415 - the same

        security = service.security
        args["dockerfileInline"] = dockerfile(build.language, user=security.run_as_user, group=security.run_as_group)
    if build.dockerfile:
        args["dockerfile"] = build.dockerfile
    if build.target:
        args["target"] = build.target
    if build.platforms:
        args["platforms"] = build.platforms
    if builds and builds.builder:
        args["builder"] = builds.builder
    return args
