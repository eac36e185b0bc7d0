"""Between applications: whoever calls another one's service finds it, and is let in.

These rules need the specs of several applications in one environment. An application that is not at hand is not
guessed about: each is also checked where its own file alone is.
"""

from collections.abc import Collection, Iterator, Mapping

from schemas.model import Connection, Inbound, Service
from schemas.problems import Path, Problem, nearest
from schemas.spec import Spec
from schemas.values.request_paths import covers

Specs = Mapping[str, Spec]
"""The specs of one environment and location by application."""


def check(specs: Specs, known: Collection[str]) -> dict[str, list[Problem]]:
    """Return by application what is wrong between them.

    `known` are all applications at hand: one without a spec could not be read to its end, and is taken to be right.
    """
    return {
        name: [
            problem
            for service in spec.application.services.values()
            for problem in _service(specs, known, spec, service)
        ]
        for name, spec in specs.items()
    }


def _service(specs: Specs, known: Collection[str], spec: Spec, service: Service) -> Iterator[Problem]:
    path = ("services", service.name)
    for key, connection in service.connections.items():
        other = connection.application
        if other is not None and other != spec.application.name:
            yield from _connection(specs, known, spec, service, key, connection, (*path, "connections", key))
    for key, caller in (service.access.inbound if service.access else {}).items():
        if caller.application != spec.application.name:
            yield from _inbound(specs, known, spec, service, caller, (*path, "access", "inbound", key))


def _connection(
    specs: Specs, known: Collection[str], spec: Spec, caller: Service, key: str, connection: Connection, path: Path
) -> Iterator[Problem]:
    application, name = str(connection.application), connection.service or key
    callee = specs.get(application)
    if callee is None:
        yield from _strange(spec, application, known, (*path, "application"))
        return
    service = callee.application.services.get(name)
    if service is None:
        named = (*path, "service") if connection.service else path
        message = f"{_absence(callee, application, name)}"
        yield spec.problem(named, "SW4321", message, at_key=not connection.service)
        return
    numbers = {port.port for port in service.exposed_ports.values()}
    place = _place(callee, name)
    if isinstance(connection.port, int) and connection.port not in numbers:
        have = ", ".join(map(str, sorted(numbers))) or "none that callers reach"
        message = f"`{name}` of `{application}` ({place}) has no port {connection.port}; it has {have}."
        yield spec.problem((*path, "port"), "SW4322", message)
    inbound = service.access.inbound if service.access else {}
    entries = {
        name: one
        for name, one in inbound.items()
        if (one.application, one.service) == (spec.application.name, caller.name)
    }
    if entries:
        yield from _let_in(spec, callee, service, connection, path, entries)
    else:
        message = f"`{name}` of `{application}` ({place}) does not let `{caller.name}` of `{spec.application.name}` in."
        entry = f"{{application: {spec.application.name}, service: {caller.name}}}"
        hint = f"Add `access: {{inbound: {{{spec.application.name}-{caller.name}: {entry}}}}}` there."
        yield spec.problem(path, "SW4323", message, hint, at_key=True)


def _let_in(
    spec: Spec, callee: Spec, service: Service, connection: Connection, path: Path, entries: Mapping[str, Inbound]
) -> Iterator[Problem]:
    """Yield what a connection asks for and no entry of the one who is called lets in."""
    ports = service.exposed_ports
    to_port = {
        name: one
        for name, one in entries.items()
        if one.port is None
        or any(connection.port == port.port and one.port in (key, port.port) for key, port in ports.items())
    }
    if not to_port:
        at = callee.origin(("services", service.name, "access", "inbound", next(iter(entries)), "port"))
        message = f"`{service.name}` of `{callee.application.name}` lets it in to another port ({at.file}:{at.line})."
        yield spec.problem((*path, "port"), "SW5503", message, "Call that one, or ask its team to open this one.")
        return
    for field, asked, given in (
        ("methods", connection.methods, [one.methods for one in to_port.values()]),
        ("paths", connection.paths, [one.paths for one in to_port.values()]),
    ):
        for index, one in enumerate(asked or ()):
            if not any(let_in is None or any(covers(pattern, one) for pattern in let_in) for let_in in given):
                at = callee.origin(("services", service.name, "access", "inbound", next(iter(to_port)), field))
                message = (
                    f"`{service.name}` of `{callee.application.name}` does not let `{one}` in ({at.file}:{at.line})."
                )
                yield spec.problem((*path, field, index), "SW5504", message, "Leave it out, or ask its team to add it.")


def _inbound(
    specs: Specs, known: Collection[str], spec: Spec, service: Service, caller: Inbound, path: Path
) -> Iterator[Problem]:
    calling = specs.get(caller.application)
    if calling is None:
        yield from _strange(spec, caller.application, known, (*path, "application"))
        return
    found = calling.application.services.get(caller.service)
    if found is None:
        message = _absence(calling, caller.application, caller.service)
        yield spec.problem((*path, "service"), "SW4325", message, "Remove it, or mend the name.", warning=True)
    elif not any(
        connection.application == spec.application.name and (connection.service or key) == service.name
        for key, connection in found.connections.items()
    ):
        place = _place(calling, caller.service)
        message = f"`{caller.service}` of `{caller.application}` ({place}) has no connection to `{service.name}`."
        yield spec.problem(path, "SW4326", message, "Close the way, or add the connection.", warning=True, at_key=True)


def _strange(spec: Spec, application: str, known: Collection[str], path: Path) -> Iterator[Problem]:
    """Yield an application that no file is about, once there are others to compare with."""
    others = [name for name in known if name != spec.application.name]
    if application not in known and others:
        message = f"none of the files at hand is about an application `{application}`.{nearest(application, others)}"
        yield spec.problem(path, "SW4324", message, "Check the name, or name its file too.", warning=True)


def _absence(spec: Spec, application: str, service: str) -> str:
    """Return why another application's service is not there."""
    declared = spec.tree.entries["services"].entries if "services" in spec.tree.entries else {}
    if service in declared:
        return f"`{service}` of `{application}` ({_place(spec, service)}) is not deployed in `{spec.environment.name}`."
    return f"`{application}` ({spec.metadata.origin.file}) has no service `{service}`.{nearest(service, declared)}"


def _place(spec: Spec, service: str) -> str:
    origin = spec.key(("services", service))
    return f"{origin.file}:{origin.line}"
