"""Which versions of a service get which share of its calls.

Every version has a Service of its own; that of `main` has the service's name, which callers know. No Service ever
selects the pods of two versions: so none loses an endpoint when a version comes or goes, and a share is always one of
calls, never one of pods.
"""

from dataclasses import dataclass

from schemas.model import MAIN, Service, version_name


@dataclass(frozen=True, slots=True)
class Target:
    """A Service where calls go, and how many of them."""

    service: str
    """The name of a Service in the application's namespace."""
    weight: int | None = None
    """In percent of the calls. Without it: all of them."""


def targets(service: Service) -> list[Target]:
    """Return where the calls of a service go, to `main` first. A version that gets none is not there."""
    split = service.traffic.split
    if split is None:
        return [Target(service.name)]
    order = sorted(split, key=lambda version: (version != MAIN, version))
    return [Target(version_name(service.name, version), split[version]) for version in order if split[version]]


def mirror(service: Service) -> Target | None:
    """Return where copies of calls go, and of how many in a hundred; nothing when there are none."""
    copied = service.traffic.mirror
    return Target(version_name(service.name, copied.version), copied.percent) if copied is not None else None


def sole_version(service: Service) -> str:
    """Return the version that gets all calls, where nothing can share them out."""
    (version,) = [version for version, share in (service.traffic.split or {MAIN: 100}).items() if share]
    return version
