"""What a field needs of the platform, and what becomes of it where the platform lacks that.

`NEEDS` is the one table. What is missing is an error that names both files; in an environment whose entry says
`whenMissing: omit` it is a warning, and the field is taken out of the spec as if `null` had removed it.
"""

from collections.abc import Callable, Iterator

from schemas.platform import identity, meshes, shares, ways_in
from schemas.platform.needs import Lack, Need
from schemas.problems import Origin, Path, Problem, listed, nearest_or_all
from schemas.text.document import Node, at, descend, origin_of, plain


def fitted(spec: Node, entry: Node, environment: str) -> tuple[Node, list[Problem]]:
    """Return a merged spec without what its platform lacks and lets be omitted, and every lack as a problem.

    `entry` is the platform's complete entry of the environment.
    """
    problems: list[Problem] = []
    said = entry.entries.get("whenMissing")
    omits = said is not None and said.value == "omit"
    for need in NEEDS:
        for path in _places(spec, need.fields):
            if (lack := need.missing(spec, path, entry)) is None:
                continue
            problems.append(_problem(spec, path, need, lack, entry, environment, omits))
            if omits:
                spec = _taken(spec, path)
    return (_tidied(spec) if problems and omits else spec), problems


def _problem(spec: Node, path: Path, need: Need, lack: Lack, entry: Node, environment: str, omits: bool) -> Problem:
    found = descend(spec, (*path, *need.part))
    said = _said(entry, need.said_at)
    where = f"{said.file}:{said.line}" if said.line else said.file
    outcome = " It is left out." if omits else ""
    return Problem(
        origin=(found.key or found.origin) if found is not None else spec.origin,
        code=need.code,
        message=f"{lack.sentence} in `{environment}` ({where}).{outcome}{lack.remark}",
        hint="" if omits else need.hint,
        severity="warning" if omits else "error",
    )


def _said(entry: Node, path: Path) -> Origin:
    """Return where the platform says something, or what it stands in: a default stands in no file."""
    origins = (origin_of(entry, path[:length]) for length in range(len(path), -1, -1))
    return next((origin for origin in origins if origin.line), entry.origin)


def _places(spec: Node, pattern: Path, before: Path = ()) -> Iterator[Path]:
    """Yield the paths of a spec that a pattern fits, without services that are not deployed."""
    if not pattern:
        yield before
        return
    node = descend(spec, before)
    part, rest = pattern[0], pattern[1:]
    entries = node.entries if node is not None else {}
    for key in list(entries) if part == "*" else [str(part)] if part in entries else ():
        if before != ("services",) or _is_deployed(spec, key):
            yield from _places(spec, rest, (*before, key))


def _is_deployed(spec: Node, service: str) -> bool:
    deploy = descend(spec, ("services", service, "deploy"))
    return deploy is None or deploy.value is not False


def _taken(spec: Node, path: Path) -> Node:
    """Return a spec without what stands at a path, and of `traffic` without mappings of which nothing is left."""
    spec = _without(spec, path)
    around = path[:-1]
    while path[2:3] == ("traffic",) and len(around) > _IN_TRAFFIC and not at(spec, *map(str, around)).entries:
        spec, around = _without(spec, around), around[:-1]
    return spec


def _without(node: Node, path: Path) -> Node:
    """Return a tree without what stands at a path."""
    key, rest = str(path[0]), path[1:]
    if not rest:
        return node.with_entries({name: child for name, child in node.entries.items() if name != key})
    return node.with_entries({**node.entries, key: _without(node.entries[key], rest)})


def _tidied(spec: Node) -> Node:
    """Return a spec in which nothing is left half: a scaler without targets, an ingress without routes."""
    entries = dict(spec.entries)
    if (services := entries.get("services")) is not None:
        entries["services"] = services.with_entries({key: _fixed(one) for key, one in services.entries.items()})
    if (ingress := entries.get("ingress")) is not None and not ingress.entries["routes"].entries:
        del entries["ingress"]
    return spec.with_entries(entries)


def _fixed(service: Node) -> Node:
    """Return a service whose scaler, when it has lost its targets, has become its fewest replicas; so its versions."""
    if (versions := service.entries.get("versions")) is not None:
        each = versions.with_entries({key: _fixed(one) for key, one in versions.entries.items()})
        service = service.with_entries({**service.entries, "versions": each})
    scaling = service.entries.get("scaling")
    fewest = scaling.entries.get("min") if scaling is not None else None
    if (
        scaling is None
        or fewest is None
        or descend(scaling, ("targets",)) is None
        or scaling.entries["targets"].entries
    ):
        return service
    kept = {key: child for key, child in service.entries.items() if key != "scaling"}
    return service.with_entries({**kept, "replicas": fewest})


def _not_installed(name: str) -> Callable[[Node, Path, Node], Lack | None]:
    def missing(_spec: Node, _path: Path, entry: Node) -> Lack | None:
        there = descend(entry, ("installed", name))
        return None if there is not None and there.value else Lack(f"this needs {name}, which is not installed")

    return missing


def _no_such_class(spec: Node, path: Path, entry: Node) -> Lack | None:
    classes = entry.entries.get("storageClasses")
    wanted = descend(spec, path)
    if classes is None or wanted is None or wanted.value in classes.entries:
        return None
    near = nearest_or_all(str(wanted.value), classes.entries, "There is")
    return Lack(f"the platform has no storage class `{wanted.value}`", near)


def _no_such_access(spec: Node, path: Path, entry: Node) -> Lack | None:
    chosen = descend(spec, (*path[:-1], "storageClass")) or entry.entries.get("storageClass")
    wanted = descend(spec, path)
    if chosen is None or wanted is None:
        return None
    modes = descend(entry, ("storageClasses", str(chosen.value), "accessModes"))
    if modes is None or wanted.value in plain(modes):
        return None
    sentence = f"the storage class `{chosen.value}` does not give `{wanted.value}`"
    return Lack(sentence, f" It gives {listed(plain(modes), 'and')}.")


def _nothing_selects(spec: Node, path: Path, entry: Node) -> Lack | None:
    if "monitoring" in entry.entries or _not_installed("prometheus-operator")(spec, path, entry) is not None:
        return None
    return Lack("the platform does not say by which labels Prometheus picks what it reads")


def _nobody_counts(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say that neither the mesh nor the service itself counts requests under names known here."""
    convention = descend(spec, (*path[:-1], "metrics", "convention"))
    if _istio(entry) is not None or convention is not None:
        return None
    return Lack("nothing counts the requests of a service")


def _no_proxy_tells(spec: Node, path: Path, entry: Node) -> Lack | None:
    """Say that no proxy writes about a service's requests, or that the platform has no place for what it writes."""
    istio = _istio(entry)
    if istio is None:
        return Lack("there are no proxies of Istio, which would write this,")
    if istio == "istio-ambient" and not _is_called(spec, path[:2]):
        return Lack("a waypoint writes about calls to a Service, and this has none,")
    if descend(entry, ("monitoring", str(path[-1]))) is None:
        return Lack(f"the platform has no `monitoring.{path[-1]}`")
    return None


def _istio(entry: Node) -> str | None:
    kind = descend(entry, ("mesh", "kind"))
    return str(kind.value) if kind is not None and str(kind.value).startswith("istio-") else None


def _is_called(spec: Node, service: Path) -> bool:
    ports = descend(spec, (*service, "ports"))
    exposed = (descend(port, ("expose",)) for port in ports.entries.values()) if ports is not None else ()
    return any(one is None or one.value is not False for one in exposed)


_OBSERVED: Path = ("services", "*", "observability")
_OPERATOR = ("SW3201", _not_installed("prometheus-operator"), ("installed", "prometheus-operator"))
_SELECTED = ("SW5712", _nothing_selects, ("monitoring",), "Say there `monitoring: {labels: {release: …}}`.")
_IN_TRAFFIC = 3
"""How long the path of a service's `traffic` is."""


_CLAIM: Path = ("services", "*", "volumes", "*", "claim")

NEEDS: tuple[Need, ...] = (
    *ways_in.NEEDS,
    *meshes.NEEDS,
    *shares.NEEDS,
    Need(
        ("services", "*", "scaling", "targets", "cpuPercent"),
        "SW3201",
        _not_installed("metrics-server"),
        ("installed", "metrics-server"),
        "Say `replicas` there.",
    ),
    Need(
        ("services", "*", "scaling", "targets", "memoryPercent"),
        "SW3201",
        _not_installed("metrics-server"),
        ("installed", "metrics-server"),
        "Say `replicas` there.",
    ),
    Need((*_OBSERVED, "metrics"), *_OPERATOR),
    Need((*_OBSERVED, "metrics"), *_SELECTED),
    Need((*_OBSERVED, "objectives"), *_OPERATOR),
    Need((*_OBSERVED, "objectives"), *_SELECTED),
    Need((*_OBSERVED, "objectives"), "SW5705", _nobody_counts, ("mesh",), "Say its `metrics.convention`."),
    Need((*_OBSERVED, "tracing"), "SW5710", _no_proxy_tells, ("mesh",)),
    Need((*_OBSERVED, "accessLog"), "SW5710", _no_proxy_tells, ("mesh",)),
    *(
        Need(
            ("services", "*", "versions", "*", "scaling", "targets", target),
            "SW3201",
            _not_installed("metrics-server"),
            ("installed", "metrics-server"),
            "Say `replicas` there.",
        )
        for target in ("cpuPercent", "memoryPercent")
    ),
    Need((*_CLAIM, "storageClass"), "SW3202", _no_such_class, ("storageClasses",)),
    Need((*_CLAIM, "accessMode"), "SW3203", _no_such_access, ("storageClasses",)),
    *identity.NEEDS,
)
"""What fields need. A feature that needs something adds a row."""
