"""What a field needs of the platform, and what becomes of it where the platform lacks that.

`NEEDS` is the one table. What is missing is an error that names both files; in an environment whose entry says
`whenMissing: omit` it is a warning, and the field is taken out of the spec as if `null` had removed it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from schemas.platform import autoscalers, identity, meshes, monitoring, shares, storage, ways_in
from schemas.platform.needs import Lack, Need
from schemas.problems import Origin, Path, Problem
from schemas.text.document import Node, at, descend, grafted, origin_of


def fitted(spec: Node, entry: Node, environment: str) -> tuple[Node, list[Problem]]:
    """Return a merged spec without what its platform lacks and lets be omitted, and every lack as a problem.

    `entry` is the platform's complete entry of the environment.
    """
    problems: list[Problem] = []
    said = entry.entries.get("whenMissing")
    omits = said is not None and said.value == "omit"
    for number, path in sorted(_asking(spec, _FIELDS), key=lambda one: one[0]):
        need = NEEDS[number]
        if descend(spec, path) is None or (lack := need.missing(spec, path, entry)) is None:
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


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields that need something, as one tree: a spec is walked once, however many rows the table has."""

    needs: list[int] = field(default_factory=list)
    """The rows of the fields that end here."""
    below: "dict[str, _Fields]" = field(default_factory=dict)


def _tree(needs: Sequence[Need]) -> _Fields:
    """Return the fields of a table of needs as a tree."""
    root = _Fields()
    for number, need in enumerate(needs):
        place = root
        for part in need.fields:
            place = place.below.setdefault(str(part), _Fields())
        place.needs.append(number)
    return root


def _asking(node: Node, fields: _Fields, path: Path = ()) -> Iterator[tuple[int, Path]]:
    """Yield the places of a spec that need something, each with its row; what is not deployed needs nothing."""
    for number in fields.needs:
        yield number, path
    every = fields.below.get("*")
    for key, child in node.entries.items() if fields.below else ():
        if path == ("services",) and not _is_deployed(child):
            continue
        for below in (every, fields.below.get(key)):
            if below is not None:
                yield from _asking(child, below, (*path, key))


def _is_deployed(service: Node) -> bool:
    deploy = service.entries.get("deploy")
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
        entries["services"] = services.with_entries(
            {key: _unstepped(_fixed(one)) for key, one in services.entries.items()}
        )
    if (ingress := entries.get("ingress")) is not None and not ingress.entries["routes"].entries:
        del entries["ingress"]
    return spec.with_entries(entries)


def _unstepped(service: Node) -> Node:
    """Return a service whose rollout, when it has lost its strategy, has lost its steps too."""
    rollout = service.entries.get("rollout")
    if rollout is None or "strategy" in rollout.entries or "steps" not in rollout.entries:
        return service
    kept = {key: child for key, child in rollout.entries.items() if key != "steps"}
    return service.with_entries({**service.entries, "rollout": rollout.with_entries(kept)})


def _fixed(service: Node) -> Node:
    """Return a service whose scaler, when it has lost its targets, has become its fewest replicas; so its versions."""
    if (versions := service.entries.get("versions")) is not None:
        each = versions.with_entries({key: _fixed(one) for key, one in versions.entries.items()})
        service = service.with_entries({**service.entries, "versions": each})
    scaling = service.entries.get("scaling")
    if scaling is not None:
        scaling = _with_pods(scaling)
        service = service.with_entries({**service.entries, "scaling": scaling})
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


def _with_pods(scaling: Node) -> Node:
    """Return a scaler without what goes with targets that it has lost: a map of none, a fallback, and none at rest."""
    entries = dict(scaling.entries)
    targets = entries.get("targets")
    if targets is not None and (metrics := targets.entries.get("metrics")) is not None and not metrics.entries:
        kept = {key: child for key, child in targets.entries.items() if key != "metrics"}
        targets = entries["targets"] = targets.with_entries(kept)
    fewest = entries.get("min")
    measured = set(targets.entries) - {"cpuPercent", "memoryPercent"} if targets is not None else set()
    if fewest is None or (fewest.value == 0 and not measured and not {"schedules", "plan"} & set(entries)):
        entries["min"] = grafted(1, (fewest or scaling).origin)
    if not measured:
        entries.pop("fallbackReplicas", None)
    return scaling.with_entries(entries)


_IN_TRAFFIC = 3
"""How long the path of a service's `traffic` is."""


NEEDS: tuple[Need, ...] = (
    *ways_in.NEEDS,
    *meshes.NEEDS,
    *shares.NEEDS,
    *identity.NEEDS,
    *autoscalers.NEEDS,
    *monitoring.NEEDS,
    *storage.NEEDS,
)
"""What fields need. A feature that needs something adds a row."""

_FIELDS = _tree(NEEDS)
