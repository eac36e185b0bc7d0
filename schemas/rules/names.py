"""Names: what they become in the cluster must be free and short enough."""

from collections.abc import Iterator

from schemas.model import Service
from schemas.problems import Path, Problem
from schemas.spec import Spec

RESERVED = {
    "default": "the namespace's own service account",
    "default-deny": "the policy that denies everything",
    "allow-dns": "the policy that lets every pod ask DNS",
    "allow-mesh": "the policy that lets every pod reach its mesh",
    "waypoint": "the proxy that reads HTTP for a mesh",
}
"""Names in an application's namespace that no service or job may have."""

PULL_SECRET = "registry"  # noqa: S105 - a name


def check(spec: Spec) -> Iterator[Problem]:
    """Yield names that clash or are too long."""
    app = spec.application
    if len(app.namespace) > 63:
        message = f"the namespace `{app.namespace}` would be longer than 63 characters."
        yield spec.problem(("services",), "SW4001", message, "Shorten the application's or the environment's name.")
    for kind, names in (("services", app.services), ("jobs", app.jobs)):
        for name in names:
            if name in RESERVED:
                message = f"`{name}` is taken by {RESERVED[name]}."
                yield spec.problem((kind, name), "SW4002", message, "Choose another name.", at_key=True)
    if PULL_SECRET in app.secrets:
        message = f"`{PULL_SECRET}` is taken by the secret with which images are pulled."
        yield spec.problem(("secrets", PULL_SECRET), "SW4002", message, "Choose another name.", at_key=True)
    for name in app.jobs:
        if name in app.services:
            message = f"the job `{name}` has the name of a service."
            yield spec.problem(("jobs", name), "SW4003", message, "Choose another name.", at_key=True)
    yield from _renames(spec)
    yield from _objects(spec)
    for name, service in app.services.items():
        yield from _containers(spec, service, ("services", name))


def _renames(spec: Spec) -> Iterator[Problem]:
    services = spec.application.services
    for name, service in services.items():
        path = ("services", name, "renamedFrom")
        if service.renamed_from == name:
            yield spec.problem(path, "SW4004", f"`{name}` is the service's name already.", "Leave `renamedFrom` out.")
        elif service.renamed_from in services:
            message = f"`{service.renamed_from}` is still a service here, so nothing was renamed."
            yield spec.problem(path, "SW4004", message, "Remove the old service, or leave `renamedFrom` out.")
        elif service.renamed_from and service.type == "stateful":
            message = "the claims of a stateful service carry its name, so its data would stay behind."
            yield spec.problem(path, "SW4005", message, "Keep the name, or move the data to a new service by hand.")


def _objects(spec: Spec) -> Iterator[Problem]:
    """Yield services whose Services or claims would have the name of another one's."""
    services = spec.application.services
    taken: dict[str, tuple[str, str]] = {}
    for name, service in services.items():
        replicas = f"{name}-replicas"
        if service.type == "stateful" and replicas in services:
            message = f"`{replicas}` is the name of the Service that gives each replica of `{name}` its own address."
            yield spec.problem(("services", replicas), "SW4007", message, "Choose another name.", at_key=True)
        headless = f"{name}-headless"
        if headless in services and any(port.headless for port in service.exposed_ports.values()):
            message = f"`{headless}` is the name of the Service at which callers choose among the pods of `{name}`."
            yield spec.problem(("services", headless), "SW4007", message, "Choose another name.", at_key=True)
        if service.type == "stateful":
            continue
        for key, volume in service.volumes.items():
            claim = f"{service.renamed_from or name}-{key}"
            if volume.claim is not None and claim in taken:
                other = ".".join(taken[claim])
                message = f"its claim would be `{claim}`, which is that of `{other}` too."
                path = ("services", name, "volumes", key)
                yield spec.problem(path, "SW4007", message, "Choose another name.", at_key=True)
            elif volume.claim is not None:
                taken[claim] = (name, key)


def _containers(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield containers beside a service that have its name, or one another's."""
    taken = {service.name: "the service"}
    for kind, what, names in (
        ("sidecars", "a sidecar", service.sidecars),
        ("initContainers", "an init container", service.init_containers),
    ):
        for name in names:
            if name in taken:
                message = f"`{name}` is the name of {taken[name]} too, and a pod's containers need one each."
                yield spec.problem((*path, kind, name), "SW4006", message, "Choose another name.", at_key=True)
            taken.setdefault(name, what)
