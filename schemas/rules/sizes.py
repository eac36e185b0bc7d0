"""Sizes: requests, limits and volumes that a node can give and a container can live with."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from schemas.model import Requests, Resources, Service, Volume
from schemas.problems import Path, Problem
from schemas.spec import Spec
from schemas.values.quantity import quantity

_LEAST_BYTES = 1024 * 1024
"""Less than a mebibyte holds no program and no file system."""

_MOST_CORES = 128
_MOST_MEMORY = 512 * Decimal(1024) ** 3
"""More than nearly every node has: asked for by mistake, or on a platform that knows of it."""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield requests above limits, sizes that are slips, and volumes larger than what the pod may use."""
    for path, service in spec.running():
        yield from _resources(spec, service.resources, (*path, "resources"))
    for name, service in spec.application.services.items():
        path = ("services", name)
        for kind, containers in (("initContainers", service.init_containers), ("sidecars", service.sidecars)):
            for key, container in containers.items():
                yield from _resources(spec, container.resources, (*path, kind, key, "resources"))
        yield from _volumes(spec, service, (*path, "volumes"))
    for name, job in spec.application.jobs.items():
        if job.resources is not None:
            yield from _resources(spec, job.resources, ("jobs", name, "resources"))


def _resources(spec: Spec, resources: Resources, path: Path) -> Iterator[Problem]:
    asked, most = _said(resources.requests), _said(resources.limits)
    for key, request in asked.items():
        limit = most.get(key)
        if limit is not None and quantity(request) > quantity(limit):
            message = f"the request {request} is more than the limit {limit} ({spec.where((*path, 'limits', key))})."
            part = "requests" if spec.origin((*path, "requests", key)).line else "limits"
            yield spec.problem((*path, part, key), "SW4603", message)
    for part, given in (("requests", asked), ("limits", most)):
        for key, text in given.items():
            at = (*path, part, key)
            yield from (_cores(spec, text, at) if key == "cpu" else _bytes(spec, text, at, largest=key == "memory"))


def _said(resources: Requests) -> Mapping[str, str]:
    given = {"cpu": resources.cpu, "memory": resources.memory, "ephemeral-storage": resources.ephemeral_storage}
    return {key: text for key, text in given.items() if text is not None}


def _cores(spec: Spec, text: str, path: Path) -> Iterator[Problem]:
    if quantity(text) > _MOST_CORES:
        hint = (
            f"`{text}m` is {text} thousandths of a core." if text.isdigit() else "Cores are written as `2` or `500m`."
        )
        yield spec.problem(path, "SW4605", f"{text} is more cores than nearly every node has.", hint, warning=True)


def _bytes(spec: Spec, text: str, path: Path, *, largest: bool = False) -> Iterator[Problem]:
    """Yield a number of bytes that is a slip: `128m` is an eighth of one byte, and `512` is 512 of them."""
    number = quantity(text)
    if 0 < number < _LEAST_BYTES:
        amount = f"{number.normalize():f} {'byte' if number <= 1 else 'bytes'}"
        hint = f"Write `{text.rstrip('mk')}Mi` for mebibytes." if text.rstrip("mk").isdigit() else ""
        yield spec.problem(path, "SW4604", f"{text} is {amount}, which holds nothing.", hint)
    elif largest and number >= _MOST_MEMORY:
        hint = "Check the unit: `512Mi` is half a gibibyte."
        yield spec.problem(path, "SW4605", f"{text} is more memory than nearly every node has.", hint, warning=True)


def _volumes(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    for key, volume in service.volumes.items():
        if volume.claim is not None:
            yield from _bytes(spec, volume.claim.storage, (*path, key, "claim", "storage"))
        if volume.empty_dir is not None:
            at = (*path, key, "emptyDir", "sizeLimit")
            yield from _bytes(spec, volume.empty_dir.size_limit, at)
            yield from _scratch(spec, service, volume, at)


def _scratch(spec: Spec, service: Service, volume: Volume, path: Path) -> Iterator[Problem]:
    """Yield a scratch volume that cannot fill up before its pod is ended."""
    if volume.empty_dir is None:
        return
    size, limits = volume.empty_dir.size_limit, service.resources.limits
    in_memory = volume.empty_dir.medium == "Memory"
    bound = (limits.memory or service.resources.requests.memory) if in_memory else limits.ephemeral_storage
    key = "memory" if in_memory else "ephemeral-storage"
    if bound is not None and quantity(size) > quantity(bound):
        message = f"before the volume holds {size} the pod is ended, at its {key} limit of {bound}."
        yield spec.problem(path, "SW4606", message, f"Raise `resources.limits.{key}`.", warning=True)
