"""Several applications at once: each checked by itself, and all of them against each other."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.layers.places import Place, by_place
from schemas.platform import limits
from schemas.problems import Origin, Problem, in_order
from schemas.project import Project
from schemas.resolve import survey
from schemas.rules import between
from schemas.spec import Spec
from schemas.text.document import at

Beyond = Callable[[Spec], Iterable[Problem]]
"""Asked for more about each spec without errors; see `schemas.resolve.survey`."""


@dataclass(frozen=True, slots=True)
class Member:
    """One application with its specs: in each environment and location where there is one."""

    project: Project
    specs: Mapping[Place, Spec]


def check(projects: Iterable[Project], beyond: Beyond | None = None) -> tuple[Problem, ...]:
    """Return every problem of several applications, in every environment and location, each once.

    Applications are neighbours when they stand on the same platform.
    """
    found: list[Problem] = []
    members: list[Member] = []
    for project in projects:
        specs, problems = survey(project, beyond)
        found += limits.told_once(problems)
        members.append(Member(project, specs))
    by_platform: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        by_platform[member.project.platform.origin.file].append(member)
    for neighbours in by_platform.values():
        unique, twice = _by_name(neighbours)
        found += [*twice, *_between(unique), *_namespaces(unique)]
    found += _hosts(members)
    return in_order(found)


def _by_name(members: Sequence[Member]) -> tuple[dict[str, Member], list[Problem]]:
    """Return the applications by name, and those whose name another one has."""
    found: dict[str, Member] = {}
    problems = []
    for member in members:
        first = found.setdefault(member.project.name, member)
        if first is not member:
            other = _name(first)
            message = f"`{member.project.name}` is also the application in {other.file}:{other.line}."
            hint = "Two applications of one name would share namespaces; rename one."
            problems.append(Problem(origin=_name(member), code="SW4012", message=message, hint=hint))
    return found, problems


def _between(members: Mapping[str, Member]) -> Iterator[Problem]:
    """Yield what is wrong between the applications of a platform, told once for all its places."""
    told: dict[str, dict[Place, list[Problem]]] = {name: {} for name in members}
    places = dict.fromkeys(place for member in members.values() for place in member.project.places)
    for place in places:
        specs = {name: member.specs[place] for name, member in members.items() if place in member.specs}
        for name, problems in between.check(specs, members).items():
            told[name][place] = problems
    for one in told.values():
        yield from by_place(one)


def _namespaces(members: Mapping[str, Member]) -> Iterator[Problem]:
    """Yield applications that would share a namespace: `a` in `b-c` and `a-b` in `c` do."""
    taken: dict[str, list[tuple[Spec, Member]]] = defaultdict(list)
    for member in members.values():
        told: set[str] = set()
        for (environment, _), spec in member.specs.items():
            namespace = spec.application.namespace
            others = [one for one in taken[namespace] if one[1] is not member and _may_be_one_cluster(one[0], spec)]
            if others and namespace not in told:
                told.add(namespace)
                other, owner = others[0]
                where = f"{_name(owner).file}:{_name(owner).line}"
                message = (
                    f"in `{environment}` its namespace is `{namespace}`, "
                    f"which is that of `{owner.project.name}` ({where}) in `{other.environment.name}`."
                )
                yield Problem(origin=_name(member), code="SW4013", message=message, hint="Rename one of them.")
            taken[namespace].append((spec, member))


def _may_be_one_cluster(one: Spec, other: Spec) -> bool:
    """Return whether two specs may meet in a cluster: unless both say which, and say different ones."""
    clusters = (one.environment.cluster, other.environment.cluster)
    first, second = ((None, None) if cluster is None else (cluster.identifier, cluster.context) for cluster in clusters)
    return all(a == b or a is None or b is None for a, b in zip(first, second, strict=True))


def _hosts(members: Iterable[Member]) -> Iterator[Problem]:
    """Yield hosts that two applications claim, or one in two environments: one name leads to one place."""
    taken: dict[str, tuple[Member, Spec, Origin]] = {}
    for member in members:
        for spec in member.specs.values():
            ingress = spec.application.ingress
            for name, host in ingress.hosts.items() if ingress else ():
                full = f"{host.subdomain}.{spec.environment.domain}"
                origin = spec.origin(("ingress", "hosts", name, "subdomain"))
                owner, other, first = taken.setdefault(full, (member, spec, origin))
                if owner is not member:
                    where = f"{first.file}:{first.line}, in `{other.environment.name}`"
                    message = f"`{full}` is a host of `{owner.project.name}` already ({where})."
                    yield Problem(origin=origin, code="SW4810", message=message, hint="Choose another subdomain.")
                elif other.environment.name != spec.environment.name:
                    message = f"`{full}` is its host in `{other.environment.name}` and in `{spec.environment.name}`."
                    hint = "Give the environments domains of their own, or say another subdomain in one of them."
                    yield Problem(origin=origin, code="SW4811", message=message, hint=hint, severity="warning")


def _name(member: Member) -> Origin:
    return at(member.project.application, "metadata", "name").origin
