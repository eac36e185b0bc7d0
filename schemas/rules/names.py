"""Names: what they become in the cluster must be free and short enough."""

from collections.abc import Iterator

from schemas.problems import Problem
from schemas.spec import Spec

RESERVED = {"registry": "the pull secret", "default": "the namespace's own service account"}
"""Object names that an application's namespace already has."""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield names that clash or are too long."""
    app = spec.application
    if len(app.namespace) > 63:
        message = f"the namespace `{app.namespace}` would be longer than 63 characters."
        yield spec.problem(("services",), "SW4001", message, "Shorten the application's or the environment's name.")
    for name in app.services:
        if name in RESERVED:
            message = f"`{name}` is taken by {RESERVED[name]}."
            yield spec.problem(("services", name), "SW4002", message, "Choose another name.", at_key=True)
    for name in app.jobs:
        if name in app.services:
            message = f"the job `{name}` has the name of a service."
            yield spec.problem(("jobs", name), "SW4003", message, "Choose another name.", at_key=True)
    for name in sorted(set(app.secrets) & {"registry"}):
        yield spec.problem(("secrets", name), "SW4002", f"`{name}` is taken by {RESERVED[name]}.", at_key=True)
    yield from _renames(spec)


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
