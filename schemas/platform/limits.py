"""Limits: what the platform does not allow, from which day, and for whom not."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.model import Resources, Service
from schemas.platform.exemptions import Exemption
from schemas.problems import Path, Problem, listed
from schemas.rules import images
from schemas.spec import Spec
from schemas.text.document import descend, plain
from schemas.values.image_names import full_name
from schemas.values.quantity import quantity

UNPINNED = "SW3102"
"""The code of an image that is not pinned as the platform demands."""

_PINS = ("nothing", "tag", "digest")
"""How exactly an image is named, the weakest first."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a spec says about something that a limit may bound."""

    path: Path
    value: Any
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: what it looks at, and how that is held against the platform's value."""

    name: str
    """Its path under `limits`."""
    code: str
    found: Callable[[Spec], Iterator[Found]]
    holds: Callable[[Any, Any], bool]
    """Whether what was found keeps the bound."""
    told: Callable[[Any, Any], str]
    """The sentence about what does not, up to the bound."""
    joined: Callable[[Any, Any], Any] = lambda _, value: value
    """The bound with an exemption's value in it."""
    hint: Callable[[Spec], str] = lambda _: ""


def check(spec: Spec, exemptions: Sequence[Exemption], today: date) -> tuple[list[Problem], set[str]]:
    """Return what passes the platform's limits in one environment, and the names of the exemptions that were needed."""
    problems: list[Problem] = []
    used: set[str] = set()
    for limit in LIMITS:
        group, key = limit.name.split(".")
        bound = descend(spec.platform, ("limits", group, key))
        if bound is None:
            continue
        value = plain(bound)
        for found in limit.found(spec):
            if limit.holds(found.value, value):
                continue
            needed = _needed(limit, found, value, [e for e in exemptions if _covers(e, limit, found, spec, today)])
            used |= {one.name for one in needed}
            if not needed:
                problems.append(_problem(spec, limit, found, value, today))
    return problems, used


def _covers(exemption: Exemption, limit: Limit, found: Found, spec: Spec, today: date) -> bool:
    return exemption.covers(limit.name, spec.environment.name, found.service, today)


def _needed(limit: Limit, found: Found, bound: Any, exemptions: Sequence[Exemption]) -> Sequence[Exemption]:
    """Return the exemptions that together admit what was found: one when one does, or nothing."""
    for one in exemptions:
        if limit.holds(found.value, limit.joined(bound, one.value)):
            return [one]
    joined = bound
    for one in exemptions:
        joined = limit.joined(joined, one.value)
    return exemptions if exemptions and limit.holds(found.value, joined) else ()


def _problem(spec: Spec, limit: Limit, found: Found, bound: Any, today: date) -> Problem:
    """Return that something passes a limit: a warning before the limit is enforced."""
    group, key = limit.name.split(".")
    origin = spec.platform_origin(("limits", group, key))
    where = f"{origin.file}:{origin.line}" if origin.line else origin.file
    message = f"{limit.told(found.value, bound)} ({limit.name}, {where})."
    start = descend(spec.platform, ("limits", group, "enforceFrom"))
    warning = start is not None and today < date.fromisoformat(str(start.value))
    if warning and start is not None:
        message += f" From {start.value} this is an error."
    return spec.problem(found.path, limit.code, message, limit.hint(spec), warning=warning)


def told_once(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems without the warning of a tag that moves where a limit refuses the tag: that says more."""
    found = list(problems)
    refused = {problem.origin for problem in found if problem.code == UNPINNED}
    return [problem for problem in found if problem.code != images.MOVING or problem.origin not in refused]


def _images(spec: Spec) -> Iterator[Found]:
    """Yield the repository of every image that is pulled, with how exactly it is named."""
    for at, service in spec.running():
        if service.image is not None:
            pin = "digest" if service.name in spec.released else _pin(service.image.tag, service.image.digest)
            yield Found((*at, "image"), (service.image.repository, pin), service.identity)
    for name, service in spec.application.services.items():
        path: Path = ("services", name)
        for kind, containers in (("initContainers", service.init_containers), ("sidecars", service.sidecars)):
            for key, container in containers.items():
                if container.image is not None:
                    image = container.image
                    at = (*path, kind, key, "image")
                    yield Found(at, (image.repository, _pin(image.tag, image.digest)), name)


def _pin(tag: str | None, digest: str | None) -> str:
    return "digest" if digest else "tag" if tag not in (None, "latest") else "nothing"


def _within(repository: str, prefix: str) -> bool:
    """Return whether a repository is the prefix, or lies under it."""
    full = full_name(repository)
    return full == prefix or full.startswith(f"{prefix}/")


def _most_replicas(spec: Spec) -> Iterator[Found]:
    for path, service in spec.running():
        most = service.scaling.max if service.scaling is not None else service.fixed_replicas
        yield Found(_replicas_path(path, service, "max"), most, service.identity)


def _fewest_replicas(spec: Spec) -> Iterator[Found]:
    for path, service in spec.running():
        yield Found(_replicas_path(path, service, "min"), service.fewest_replicas, service.identity)


def _replicas_path(path: Path, service: Service, bound: str) -> Path:
    return (*path, "scaling", bound) if service.scaling is not None else (*path, "replicas")


def _containers(spec: Spec) -> Iterator[tuple[str, Path, Resources]]:
    """Yield the resources of every container of the services and of the jobs that have their own."""
    for at, service in spec.running():
        yield service.identity, (*at, "resources"), service.resources
    for name, service in spec.application.services.items():
        path: Path = ("services", name)
        for kind, containers in (("initContainers", service.init_containers), ("sidecars", service.sidecars)):
            for key, container in containers.items():
                yield name, (*path, kind, key, "resources"), container.resources
    for name, job in spec.application.jobs.items():
        if job.resources is not None:
            yield job.service, ("jobs", name, "resources"), job.resources


def _requested(resource: str) -> Callable[[Spec], Iterator[Found]]:
    def found(spec: Spec) -> Iterator[Found]:
        for service, path, resources in _containers(spec):
            asked = getattr(resources.requests, resource)
            if asked is not None:
                yield Found((*path, "requests", resource), asked, service)

    return found


def _unsaid_requests(spec: Spec) -> Iterator[Found]:
    """Yield for each container the requests that no file says."""
    for service, path, _ in _containers(spec):
        unsaid = {key for key in ("cpu", "memory") if not spec.origin((*path, "requests", key)).line}
        if unsaid:
            yield Found(path[:-1], unsaid, service)


def _labels(spec: Spec) -> Iterator[Found]:
    for name, service in spec.application.services.items():
        yield Found(("services", name), {*spec.application.labels, *service.labels}, name)


def _claims(spec: Spec) -> Iterator[Found]:
    for name, service in spec.application.services.items():
        for key, volume in service.volumes.items():
            if volume.claim is not None:
                yield Found(("services", name, "volumes", key, "claim", "storage"), volume.claim.storage, name)


def _not_more(found: str, bound: str) -> bool:
    return quantity(found) <= quantity(bound)


def _more_than(found: Any, bound: Any) -> str:
    return f"`{found}` is more than the platform allows, `{bound}`"


def _less_bound(bound: list[str], value: str) -> list[str]:
    return [one for one in bound if one != value]


LIMITS: tuple[Limit, ...] = (
    Limit(
        "registries.allow",
        "SW3101",
        _images,
        lambda found, bound: any(_within(found[0], prefix) for prefix in bound),
        lambda found, bound: f"`{full_name(found[0])}` is from elsewhere than {listed(bound)}",
        joined=lambda bound, value: [*bound, value],
    ),
    Limit(
        "images.pinned",
        UNPINNED,
        _images,
        lambda found, bound: _PINS.index(found[1]) >= _PINS.index(bound),
        lambda found, bound: f"`{found[0]}` is not named by its {bound}, which the platform demands",
        hint=lambda _: "Name the digest here, or in a release.",
    ),
    Limit("replicas.max", "SW3103", _most_replicas, lambda found, bound: found <= bound, _more_than),
    Limit(
        "replicas.min",
        "SW3104",
        _fewest_replicas,
        lambda found, bound: found >= bound,
        lambda found, bound: f"`{found}` is less than the platform demands, `{bound}`",
    ),
    Limit(
        "requests.required",
        "SW3105",
        _unsaid_requests,
        lambda found, bound: not found & set(bound),
        lambda found, bound: f"no request says how much {listed(sorted(found & set(bound)), 'and')} it needs",
        joined=_less_bound,
        hint=lambda _: "Add it under `resources.requests`.",
    ),
    Limit("requests.maxCpu", "SW3106", _requested("cpu"), _not_more, _more_than),
    Limit("requests.maxMemory", "SW3106", _requested("memory"), _not_more, _more_than),
    Limit(
        "labels.required",
        "SW3107",
        _labels,
        lambda found, bound: set(bound) <= found,
        lambda found, bound: f"the label {listed(sorted(set(bound) - found), 'and')} is missing",
        joined=_less_bound,
        hint=lambda _: "Add it under `labels`, here or in `metadata`.",
    ),
    Limit("storage.max", "SW3108", _claims, _not_more, _more_than),
)
"""Every limit that the platform file knows, in the order in which they are told."""
