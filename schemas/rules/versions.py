"""Versions of a service side by side: what each is called, and how many of the requests it gets."""

from collections.abc import Iterator

from schemas.model import MAIN, Service
from schemas.problems import Path, Problem, nearest, nearest_or_all
from schemas.rules.names import RESERVED
from schemas.spec import Spec

_SINGLE = ("ReadWriteOnce", "ReadWriteOncePod")


def check(spec: Spec) -> Iterator[Problem]:
    """Yield versions that cannot stand beside each other, and shares that do not fit them."""
    for name, service in spec.application.services.items():
        path = ("services", name)
        if service.type == "stateful" and service.versions:
            message = "a stateful service has one version: its replicas have names and claims that no other can share."
            hint = "Say `type: service`, or make the other version a service of its own."
            yield spec.problem((*path, "versions"), "SW5405", message, hint, at_key=True)
            continue
        yield from _claims(spec, service, path)
        yield from _split(spec, service, (*path, "traffic", "split"))
        yield from _crowded(spec, service, (*path, "traffic", "split"))
        yield from _mirror(spec, service, (*path, "traffic", "mirror", "version"))
    yield from _names(spec)


def _names(spec: Spec) -> Iterator[Problem]:
    """Yield versions whose objects would have the names of others."""
    app = spec.application
    taken = {**dict.fromkeys(app.services, "a service"), **dict.fromkeys(app.jobs, "a job"), **RESERVED}
    for name, service in app.services.items():
        if service.type == "stateful":
            taken[f"{name}-replicas"] = f"the Service that gives each replica of `{name}` its own address"
    for name, service in app.services.items():
        for version, other in service.others.items():
            path = ("services", name, "versions", version)
            if version == MAIN:
                message = f"`{MAIN}` is the service itself."
                yield spec.problem(path, "SW5407", message, "Choose another name for what differs.", at_key=True)
                continue
            if other.name in taken:
                message = f"its objects would be called `{other.name}`, which is the name of {taken[other.name]}."
                yield spec.problem(path, "SW5406", message, "Choose another name.", at_key=True)
            elif len(other.name) > _LONGEST:
                message = f"its objects would be called `{other.name}`, which is longer than {_LONGEST} characters."
                yield spec.problem(path, "SW5406", message, "Choose a shorter name.", at_key=True)
            taken.setdefault(other.name, f"version `{version}` of `{name}`")


_LONGEST = 63
"""What Kubernetes allows the name of a Service."""


def _claims(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield claims that serve one pod and would have to serve all versions."""
    for key, volume in service.volumes.items():
        if service.versions and volume.claim is not None and volume.claim.access_mode in _SINGLE:
            message = f"all versions mount it, and a {volume.claim.access_mode} claim serves one pod."
            at = (*path, "volumes", key, "claim")
            yield spec.problem(at, "SW5408", message, "Use another accessMode, or run one version.")


def _split(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield shares that are not those of all requests, or of versions that are not there."""
    split = service.traffic.split
    if split is None:
        yield from _unasked(spec, service, path)
        return
    unknown = [version for version in split if version != MAIN and version not in service.versions]
    for version in unknown:
        yield _unknown(spec, service, version, (*path, version), at_key=True)
    total = sum(split.values())
    if total != _ALL:
        said = ", ".join(f"{one} {share} ({spec.where((*path, one))})" for one, share in split.items())
        message = f"the shares are {total} percent together, and must be {_ALL}: {said}."
        yield spec.problem(path, "SW5401", message, at_key=True)
    meant = "".join(nearest(version, service.versions) for version in unknown)
    for version in service.versions:
        if version not in (*split, _copied(service)) and f"`{version}`" not in meant:
            yield _left_out(spec, version, path)


_ALL = 100


def _unasked(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield versions of a service whose requests nobody shares out; workers take their work themselves."""
    if service.exposed_ports:
        for version in service.versions:
            if version != _copied(service):
                yield _left_out(spec, version, path)


def _copied(service: Service) -> str | None:
    return service.traffic.mirror.version if service.traffic.mirror is not None else None


def _crowded(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield versions whose pods, as many as there may be, would each get far more calls than those of `main`."""
    split, own = service.traffic.split or {}, _most(service)
    if not split.get(MAIN) or not own or service.name in spec.application.stages:
        return
    for name, other in service.others.items():
        share, pods = split.get(name, 0), _most(other)
        if pods and share * own >= _CROWDED * split[MAIN] * pods:
            message = (
                f"{share} percent of the calls go to at most {pods} of its pods, "
                f"and {split[MAIN]} percent to {own} of `{MAIN}`."
            )
            hint = "Let the version have pods for its share."
            yield spec.problem((*path, name), "SW5410", message, hint, warning=True, at_key=True)


_CROWDED = 4
"""From how many times the calls of a pod of `main` it is too many."""


def _most(service: Service) -> int:
    return service.scaling.max if service.scaling is not None else service.fixed_replicas or 0


def _mirror(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield copies for a version that is not there, or that has calls of its own, which would not be told apart."""
    version = _copied(service)
    if version is None:
        return
    if version != MAIN and version not in service.versions:
        yield _unknown(spec, service, version, path)
    elif (service.traffic.split or {MAIN: _ALL}).get(version):
        message = f"`{version}` gets calls itself, and would answer some of them twice."
        yield spec.problem(path, "SW5409", message, "Mirror to a version without a share.")


def _unknown(spec: Spec, service: Service, version: str, path: Path, *, at_key: bool = False) -> Problem:
    near = nearest_or_all(version, [MAIN, *service.versions])
    return spec.problem(path, "SW5402", f"`{service.name}` has no version `{version}`.{near}", at_key=at_key)


def _left_out(spec: Spec, version: str, path: Path) -> Problem:
    message = "no request comes to this version, because `traffic.split` does not name it."
    hint = f"Name it there; `{version}: 0` says that it is meant."
    return spec.problem((*path[:2], "versions", version), "SW5403", message, hint, warning=True, at_key=True)
