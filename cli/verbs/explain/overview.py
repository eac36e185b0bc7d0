"""A spec in short: what runs in an environment, and what it stands on."""

from collections.abc import Iterator

from schemas.model import Service
from schemas.problems import listed
from schemas.spec import Spec


def overview(spec: Spec) -> Iterator[str]:
    """Yield what a person wants to know first of an application in one environment."""
    app = spec.application
    place = f"{app.environment}{f', {app.location}' if app.location else ''}"
    yield f"{app.name} in {place}, namespace {app.namespace}, answered for by {app.owner}"
    for name, service in sorted(app.services.items()):
        yield f"  {service.type} {name}: {_image(spec, service)}, {_amount(service)}"
        if ports := [f"{key} {port.port}" for key, port in service.exposed_ports.items()]:
            yield f"    answers on {', '.join(ports)}"
        if service.connections:
            yield f"    calls {', '.join(sorted(service.connections))}"
        if service.volumes:
            yield f"    keeps {', '.join(sorted(service.volumes))}"
    for name, job in sorted(app.jobs.items()):
        when = f"at {job.trigger.cron}" if job.trigger.cron else f"before {listed(job.trigger.before or (), 'and')}"
        yield f"  job {name}: as {job.service}, {when}"
    for kind, names in (("secrets", app.secrets), ("configs", app.configs)):
        if names:
            yield f"  {kind}: {', '.join(sorted(names))}"
    if app.ingress is not None:
        hosts = [f"{host.subdomain}.{spec.environment.domain}" for host in app.ingress.hosts.values()]
        yield f"  ingress: {', '.join(hosts)}"
    yield ""
    yield "Name a part for its values and their layers, a value for all there is to know of it."


def _image(spec: Spec, service: Service) -> str:
    return "built from source" if service.build is not None else spec.image(service)


def _amount(service: Service) -> str:
    if service.scaling is not None:
        return f"{service.scaling.min} to {service.scaling.max} pods"
    return "1 pod" if service.fixed_replicas == 1 else f"{service.fixed_replicas} pods"
