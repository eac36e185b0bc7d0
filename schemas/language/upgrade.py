"""Older versions of the language rewritten as this one, with their comments and layout.

What `stackwright.dev/v1beta1`, the drafts' language, said otherwise: the module's functions, one each.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from schemas.language.versions import CURRENT, OLDER
from schemas.text.edits import Edit, Keys, Written, applied


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is said otherwise now."""

    line: int
    """In the older text."""
    sentence: str
    edits: tuple[Edit, ...]


def changes(text: str) -> list[Change]:
    """Return what must change in a text that reads as YAML, to be in this version of the language.

    What neither version knows stays as it is: the shape's own check tells of it afterwards.
    """
    written = Written(text)
    if written.scalar(("apiVersion",)) not in OLDER:
        return []
    rewrites = {"Application": _APPLICATION, "Platform": _PLATFORM}.get(written.scalar(("kind",)) or "", ())
    version = Change(
        written.line(("apiVersion",)), f"the version is `{CURRENT}`", (written.replaced(("apiVersion",), CURRENT),)
    )
    return [version, *(change for rewrite in rewrites for change in rewrite(written))]


def upgraded(text: str) -> str:
    """Return a text in this version of the language."""
    return applied(text, [edit for change in changes(text) for edit in change.edits])


def with_baseline(text: str, platform: str, baseline: str) -> str:
    """Return an application's text that takes another baseline of its platform."""
    written = Written(text)
    at = ("metadata", "platform")
    value = f'"{baseline}"'
    if written.scalar((*at, "baseline")) is not None:
        edit = written.replaced((*at, "baseline"), value)
    elif written.entries(at):
        edit = written.added_last(at, "baseline", value)
    else:
        edit = written.added_last(("metadata",), "platform", f"{{name: {platform}, baseline: {value}}}")
    return applied(text, [edit])


def _connections(written: Written) -> Iterator[Change]:
    """Yield connections whose `env` is one variable's name, which got a URL or an address by what the port speaks."""
    for path in _services(written):
        for key in written.entries((*path, "connections")):
            connection = (*path, "connections", key)
            variable = written.scalar((*connection, "env"))
            if variable:
                form = "url" if _is_http(written, key, connection) else "address"
                edit = written.replaced((*connection, "env"), f"{{{form}: {variable}}}")
                yield Change(
                    written.line((*connection, "env")), f"`env` says that the variable gets the {form}", (edit,)
                )


def _is_http(written: Written, key: str, connection: Keys) -> bool:
    """Return whether a connection leads to a port whose address is a URL."""
    if written.scalar((*connection, "host")) or written.scalar((*connection, "application")):
        return True
    target = ("spec", "services", written.scalar((*connection, "service")) or key)
    ports = written.entries((*target, "ports"))
    named = written.scalar((*connection, "port"))
    of_port = next(
        (port for port in ports if named in (None, port, written.scalar((*target, "ports", port, "port")))), None
    )
    if of_port is None:
        return True
    spoken = written.scalar((*target, "ports", of_port, "appProtocol"))
    return spoken in (None, "http", "https", "kubernetes.io/ws")


def _ports(written: Written) -> Iterator[Change]:
    """Yield services with `port` beside `ports`, where it was one more of them with the name `http`."""
    for path in _services(written):
        number, ports = written.scalar((*path, "port")), written.entries((*path, "ports"))
        if number and ports and "http" not in ports:
            added = written.added_first(
                (*path, "ports"), "http", f"{{port: 80, targetPort: {number}, appProtocol: http}}"
            )
            sentence = "`port` stands among the `ports`, as `http`"
            yield Change(written.line((*path, "port")), sentence, (written.removed((*path, "port")), added))


def _reruns(written: Written) -> Iterator[Change]:
    """Yield jobs that say `rerunOn: image`, which every job before a service does without."""
    for layer in _layers(written):
        for name in written.entries((*layer, "jobs")):
            path = (*layer, "jobs", name, "rerunOn")
            if written.scalar(path):
                edit = written.removed(path)
                yield Change(written.line(path), "a job runs again when its image changes, without `rerunOn`", (edit,))


def _when_present(written: Written) -> Iterator[Change]:
    """Yield baselines whose `whenPresent` stands inside `services` and not around it."""
    for name in written.entries(("spec", "baselines")):
        baseline = ("spec", "baselines", name)
        services = (*baseline, "services")
        inner = (*services, "whenPresent")
        if "whenPresent" not in written.entries(services):
            continue
        sentence = "`whenPresent` stands around `services`"
        if written.entries(services) == ["whenPresent"]:
            edits = (written.renamed(services, "whenPresent"), written.renamed(inner, "services"))
        else:
            edits = (written.removed(inner), _moved(written, baseline, inner))
        yield Change(written.line(inner), sentence, edits)


def _moved(written: Written, baseline: Keys, inner: Keys) -> Edit:
    """Return the edit that writes `whenPresent` anew, around `services`; a block keeps its indentation."""
    content = written.source(inner)
    if written.in_one_place(inner):
        return written.added_first(baseline, "whenPresent", f"{{services: {content}}}")
    indent = " " * written.column(inner)
    return written.added_first(baseline, "whenPresent", f"\n{indent}services:{content}")


def _installed(written: Written) -> Iterator[Change]:
    """Yield lists of what is installed, of which a location could change only the whole."""
    for environment in written.entries(("spec", "environments")):
        path = ("spec", "environments", environment, "installed")
        items = written.items(path)
        if items is not None:
            edit = written.replaced(path, "{" + ", ".join(f"{item}: true" for item in items) + "}")
            yield Change(written.line(path), "`installed` says of each whether it is there", (edit,))


def _labels(written: Written) -> Iterator[Change]:
    """Yield `requiredLabels`, which was a limit of another form than the others."""
    places = [("spec",), *(("spec", "environments", name) for name in written.entries(("spec", "environments")))]
    for place in places:
        path = (*place, "limits", "requiredLabels")
        items = written.items(path)
        if items is not None:
            edits = (written.renamed(path, "labels"), written.replaced(path, f"{{required: [{', '.join(items)}]}}"))
            yield Change(written.line(path), "`requiredLabels` is `labels: {required: …}`", edits)


def _layers(written: Written) -> Iterator[Keys]:
    """Yield the paths of the spec, its environments and their locations."""
    yield ("spec",)
    for environment in written.entries(("spec", "environments")):
        path = ("spec", "environments", environment)
        yield path
        for location in written.entries((*path, "locations")):
            yield (*path, "locations", location)


def _services(written: Written) -> Iterator[Keys]:
    for layer in _layers(written):
        for name in written.entries((*layer, "services")):
            yield (*layer, "services", name)


_Rewrite = Callable[[Written], Iterator[Change]]
_APPLICATION: tuple[_Rewrite, ...] = (_connections, _ports, _reruns)
_PLATFORM: tuple[_Rewrite, ...] = (_when_present, _installed, _labels)
