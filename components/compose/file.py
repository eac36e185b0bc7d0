"""The whole compose file: services, and the volumes, configs and secrets that they share."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from components.compose.notes import notes
from components.compose.ports import published
from components.compose.services import job_service, service_entries
from components.compose.storage import Shared
from schemas.problems import Problem, in_order
from schemas.spec import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeFile:
    """A compose file as plain values, and what it does not say of its spec."""

    content: dict[str, Any]
    notes: tuple[Problem, ...]


def compose_file(spec: Spec, folder: FilePath) -> ComposeFile:
    """Return the compose file of one environment; paths in it start at `folder`, where it will stand."""
    app = spec.application
    shared = Shared()
    open_ports, moved = published(spec)
    services: dict[str, Any] = {}
    for name, service in sorted(app.services.items()):
        services |= service_entries(spec, service, folder, open_ports[name], shared)
    for name, job in sorted(app.jobs.items()):
        if job.trigger.before:
            services[name] = job_service(spec, job, folder, shared)
    content = {"name": app.name, "services": services, **shared.content()}
    return ComposeFile(content=content, notes=in_order([*moved, *notes(spec), *_cycles(spec, services)]))


def _cycles(spec: Spec, services: dict[str, Any]) -> Iterator[Problem]:
    """Take away the `depends_on` that closes a circle, which compose refuses; yield a note for each."""
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> Iterator[Problem]:
        needs = services[name].get("depends_on", {})
        for other in list(needs):
            if other in (*way, name):
                del needs[other]
                message = f"`{name}` and `{other}` call each other, so `{name}` starts without waiting."
                yield spec.problem(("services", name, "connections"), "SW7111", message, warning=True)
            elif other not in done:
                yield from visit(other, (*way, name))
        if not needs:
            services[name].pop("depends_on", None)
        done.add(name)

    for name in sorted(services):
        if name not in done:
            yield from visit(name, ())
