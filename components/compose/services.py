"""Services of a compose file."""

import os
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from components.compose.health import healthcheck, is_exact
from components.compose.storage import Shared, side_volumes, storage
from components.compose.variables import environment, literal
from schemas.model import Application, InitContainer, Job, Resources, Service
from schemas.spec import Spec
from schemas.values.quantity import quantity


def service_entries(
    spec: Spec, service: Service, folder: FilePath, ports: list[str], shared: Shared
) -> dict[str, dict[str, Any]]:
    """Return a service with the containers beside it, each a service of its own in compose, sorted by start."""
    app = spec.application
    image = _image(spec, service, folder)
    found: dict[str, dict[str, Any]] = {}
    waits: dict[str, Any] = {}
    for name, init in sorted(service.init_containers.items()):
        key = f"{service.name}-{name}"
        found[key] = {**_beside(app, service, init, image), **({"depends_on": dict(waits)} if waits else {})}
        waits = {key: {"condition": "service_completed_successfully"}}
    waits |= _waits(app, service)
    env = environment(app, service, service.env)
    found[service.name] = {
        **image,
        **_command(service.command, service.args),
        **({"environment": env} if env else {}),
        **({"ports": ports} if ports else {}),
        **storage(app, service, shared),
        **healthcheck(service),
        **({"depends_on": dict(sorted(waits.items()))} if waits else {}),
        **_running(service),
        **_resources(service.resources),
        **({"labels": dict(sorted(service.labels.items()))} if service.labels else {}),
        **({"annotations": dict(sorted(service.annotations.items()))} if service.annotations else {}),
    }
    for name, side in sorted(service.sidecars.items()):
        shares = {"network_mode": f"service:{service.name}", "restart": "unless-stopped"}
        waiting = {"depends_on": {service.name: {"condition": "service_started"}}}
        found[f"{service.name}-{name}"] = {**_beside(app, service, side, image), **shares, **waiting}
    return found


def job_service(spec: Spec, job: Job, folder: FilePath, shared: Shared) -> dict[str, Any]:
    """Return a job that runs before others start."""
    app = spec.application
    service = app.services[job.service]
    env = environment(app, service, {**service.env, **job.env})
    waits = {name: one for name, one in _waits(app, service).items() if name not in (job.trigger.before or ())}
    kept = {key: value for key, value in storage(app, service, shared).items() if key != "volumes"}
    return {
        **_image(spec, service, folder),
        **_command(job.command, job.args),
        **({"environment": env} if env else {}),
        **kept,
        **({"depends_on": waits} if waits else {}),
        **_hardened(service),
        **_resources(job.resources or service.resources),
    }


def _image(spec: Spec, service: Service, folder: FilePath) -> dict[str, Any]:
    """Return the image, or how it is built; a context is told from the folder of the compose file."""
    build = service.build
    if build is None:
        return {"image": spec.image(service)}
    context = os.path.relpath(spec.folder / build.context, folder)
    found: dict[str, Any] = {"context": context if context.startswith(".") else f"./{context}"}
    if build.language is not None:
        user = service.security.run_as_user
        from components.dockerfile import dockerfile  # noqa: PLC0415 - loads a templating engine

        found["dockerfile_inline"] = literal(dockerfile(build.language, user=user, group=service.security.run_as_group))
    elif build.dockerfile is not None:
        found["dockerfile"] = build.dockerfile
    if build.target is not None:
        found["target"] = build.target
    args = {**(spec.environment.builds.args if spec.environment.builds else {}), **build.args}
    if args:
        found["args"] = {key: literal(value) for key, value in sorted(args.items())}
    if build.platforms:
        found["platforms"] = list(build.platforms)
    return {"build": found}


def _command(command: list[str] | None, args: list[str] | None) -> dict[str, Any]:
    """Return compose's words: what Kubernetes calls the command is the entrypoint, and its arguments the command."""
    found = {"entrypoint": command, "command": args}
    return {key: [literal(word) for word in words] for key, words in found.items() if words}


def _beside(app: Application, service: Service, side: InitContainer, image: Mapping[str, Any]) -> dict[str, Any]:
    env = environment(app, service, side.env, calls=False)
    return {
        **({"image": side.image.reference} if side.image else image),
        **_command(side.command, side.args),
        **({"environment": env} if env else {}),
        **side_volumes(service, side),
        **_hardened(service),
        **_resources(side.resources),
    }


def _waits(app: Application, service: Service) -> dict[str, Any]:
    """Return what a service starts after: what it calls, and the jobs that come before it."""
    found: dict[str, Any] = {}
    for key, connection in service.connections.items():
        if connection.host is None and connection.application is None:
            called = app.services[connection.service or key]
            healthy = "service_healthy" if is_exact(called) else "service_started"
            found[called.name] = {"condition": healthy}
    for name, job in app.jobs.items():
        if service.name in (job.trigger.before or ()):
            found[name] = {"condition": "service_completed_successfully"}
    return dict(sorted(found.items()))


def _running(service: Service) -> dict[str, Any]:
    return {
        **_hardened(service),
        "restart": "unless-stopped",
        "stop_grace_period": f"{service.shutdown.grace_seconds}s",
    }


def _hardened(service: Service) -> dict[str, Any]:
    """Return the same hardened settings that the cluster has."""
    security = service.security
    added = list(security.capabilities.add) if security.capabilities else []
    return {
        "user": f"{security.run_as_user}:{security.run_as_group}",
        **({"read_only": True} if security.read_only_root_filesystem else {}),
        "cap_drop": ["ALL"],
        **({"cap_add": added} if added else {}),
        "security_opt": ["no-new-privileges:true"],
    }


def _resources(resources: Resources) -> dict[str, Any]:
    """Return limits alone: a laptop has one user, so nothing is reserved."""
    cpu, memory = resources.limits.cpu, resources.limits.memory or resources.requests.memory
    limits = {
        **({"cpus": f"{quantity(cpu):f}"} if cpu else {}),
        **({"memory": f"{int(quantity(memory))}"} if memory else {}),
    }
    return {"deploy": {"resources": {"limits": limits}}} if limits else {}
