"""What a spec says and a compose file can't."""

from collections.abc import Iterator

from components.compose.health import healthcheck
from components.compose.variables import unknown_field
from schemas.model import Service
from schemas.problems import Path, Problem
from schemas.spec import Spec
from schemas.text.document import descend

_FIELDS = {
    "scaling": "pods are not added or removed",
    "rollout": "containers are replaced at once",
    "disruption": "there are no nodes to drain",
    "placement": "there is one machine",
    "access": "every service may call every other",
    "versions": "the service itself runs alone",
}
"""What has no word in compose, by the service's field, and what holds instead."""


def notes(spec: Spec) -> Iterator[Problem]:
    """Yield a note on whatever a person has written that the compose file does not say."""
    for name, service in spec.application.services.items():
        yield from _service(spec, name, service)
    for name, job in spec.application.jobs.items():
        if job.trigger.cron is not None:
            yield _note(spec, ("jobs", name), "a schedule has no word in compose; run the job by hand.", at_key=True)
    if spec.application.ingress is not None:
        message = "hosts and routes are left out: services are at ports of this machine."
        yield _note(spec, ("ingress",), message, at_key=True)
    for part in ("patches", "extraObjects"):
        found = descend(spec.tree, (part,))
        for name in found.entries if found is not None else ():
            yield _note(spec, (part, name), "this is about Kubernetes objects, and left out.", at_key=True)


def _service(spec: Spec, name: str, service: Service) -> Iterator[Problem]:
    path: Path = ("services", name)
    for field, instead in _FIELDS.items():
        found = descend(spec.tree, (*path, field))
        if found is not None and found.origin.line:
            yield _note(spec, (*path, field), f"`{field}` is left out: {instead}.", at_key=True)
    if (service.fixed_replicas or 0) > 1 and descend(spec.tree, (*path, "replicas")) is not None:
        yield _note(spec, (*path, "replicas"), "one container runs: several could not have one port of this machine.")
    if service.probes and (service.probes.readiness or service.probes.liveness) and not healthcheck(service):
        yield _note(
            spec, (*path, "probes"), "compose asks no port and no gRPC: there is no check of health.", at_key=True
        )
    for variable, source in service.env.items():
        if unknown_field(source) or any(unknown_field(part) for part in (source.from_ or {}).values()):
            yield _note(spec, (*path, "env", variable), "only a cluster knows this field; the variable is left out.")
    for key, connection in service.connections.items():
        if connection.application is not None:
            message = f"`{connection.application}` is another application, which has to run beside this one."
            yield _note(spec, (*path, "connections", key), message, at_key=True)


def _note(spec: Spec, path: Path, message: str, *, at_key: bool = False) -> Problem:
    return spec.problem(path, "SW7112", message, warning=True, at_key=at_key)
