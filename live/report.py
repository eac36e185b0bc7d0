"""What is wrong with a service in the cluster, with the lines of the spec behind it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lightkube import Client

from live.findings import Cause, Finding
from live.mask import masker
from live.rollout import PodState, Rollout, read_workloads, rollout
from schemas.model import EnvSource, Service
from schemas.problems import Path, written
from schemas.spec import Spec

_PODS_SHOWN = 2
"""Pods of one version fail alike; the first few say it all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One service in the cluster, in words and without any secret's value."""

    service: str
    done: bool
    stuck: bool
    """Whether something that can be seen keeps it from being done."""
    text: str


def reports(client: Client, spec: Spec, services: Iterable[str]) -> Iterator[Report]:
    """Yield how far the rollouts of some services have come.

    Raises:
        ApiError: the cluster refuses to say.

    """
    app = spec.application
    running = {service.name: service for _, service in spec.running()}
    there = read_workloads(client, app.namespace)
    mask = masker(client, app.namespace, app.secrets)
    for name in services:
        service = running[name]
        found = rollout(client, there, name, stateful=service.type == "stateful")
        text = "\n".join(_lines(spec, service, found, mask))
        yield Report(service=name, done=found.done, stuck=bool(found.stuck or found.refused), text=text)


def _lines(spec: Spec, service: Service, found: Rollout, mask: Callable[[str], str] | None) -> Iterator[str]:
    hide = mask or (lambda text: text)
    yield f"{service.name}: {_summary(found)}"
    if found.refused:
        yield f"  Kubernetes makes no pod: {hide(found.refused)}"
        yield f"    {_behind(spec, service, Finding(cause='quota', reason='', message=''))}"
    for pod in found.stuck[:_PODS_SHOWN]:
        yield from _pod(spec, service, pod, mask)
    if len(found.stuck) > _PODS_SHOWN:
        yield f"  and {len(found.stuck) - _PODS_SHOWN} more pods like these"


def _summary(found: Rollout) -> str:
    if not found.exists:
        return "not in the cluster"
    text = f"{found.ready} of {found.wanted} pods of this version serve"
    if found.starting:
        text += f", {found.starting} starting"
    if found.previous:
        text += f"; {found.previous} of the previous version still do"
    return text


def _pod(spec: Spec, service: Service, pod: PodState, mask: Callable[[str], str] | None) -> Iterator[str]:
    hide = mask or (lambda text: text)
    place = f" on {pod.node}" if pod.node else ""
    for finding in pod.findings:
        container = f" container {finding.container}:" if finding.container else ""
        yield f"  pod {pod.name}{place}:{container} {finding.reason}: {hide(finding.message)}"
        yield f"    {_behind(spec, service, finding)}"
    said = {finding.message for finding in pod.findings}
    for event in pod.events:
        if event.partition(": ")[2] in said:
            continue
        yield f"    event  {hide(event)}"
    if mask is None and pod.log:
        yield "    log    not shown: the secrets whose values it may hold can't be read to hide them"
        return
    for line in pod.log:
        yield f"    log    {hide(line)}"


def _behind(spec: Spec, service: Service, finding: Finding) -> str:
    """Return the place in the files that a finding comes from; a default stands in none, so what is around it does."""
    path = _path(service, finding)
    while not spec.origin(path).line:
        path = path[:-1]
    origin = spec.origin(path)
    return f"from {origin.file}:{origin.line}:{origin.column}: {written(origin.path)}"


def _path(service: Service, finding: Finding) -> Path:
    base = _container(service, finding.container)
    if finding.cause in ("secret", "mount"):
        return _use(service, base, finding.named)
    if finding.cause == "image" and base == _own(service) and service.build is not None:
        return (*base, "build")
    return (*base, *_PATHS[finding.cause])


_PATHS: dict[Cause, Path] = {
    "command": ("command",),
    "image": ("image",),
    "liveness": ("probes", "liveness"),
    "memory": ("resources", "limits", "memory"),
    "mount": (),
    "quota": (),
    "readiness": ("probes", "readiness"),
    "room": ("resources", "requests"),
    "secret": (),
    "startup": ("probes", "startup"),
}


def _container(service: Service, container: str | None) -> Path:
    for key, names in (("sidecars", service.sidecars), ("initContainers", service.init_containers)):
        if container in names:
            return ("services", service.identity, key, str(container))
    return _own(service)


def _own(service: Service) -> Path:
    """Return the path of a service, or of another version of one."""
    if service.version_of is None:
        return ("services", service.name)
    return ("services", service.version_of, "versions", service.version)


def _use(service: Service, base: Path, named: str | None) -> Path:
    """Return where a container uses a secret or config map."""
    place = service.sidecars.get(str(base[-1])) or service.init_containers.get(str(base[-1]))
    variables: dict[str, EnvSource] = place.env if place else service.env
    for variable, source in variables.items():
        if named in {source.secret, source.config, *(part.secret for part in (source.from_ or {}).values())}:
            return (*base, "env", variable)
    for path, file in service.files.items():
        if named in (file.secret, file.config):
            return (*_own(service), "files", path)
    return base
