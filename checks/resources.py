"""What containers ask for and may use."""

from collections.abc import Iterator
from decimal import Decimal

from checks.check import Hit, check
from checks.objects import Container, Objects, at, mapping
from schemas.values.quantity import quantity

_EPHEMERAL = "ephemeral-storage"


@check(
    "SW6301",
    "kube-score/container-resources",
    "CKV_K8S_10",
    "CKV_K8S_12",
    "kube-linter/unset-cpu-requirements",
    "kube-linter/unset-memory-requirements",
    "polaris/cpuRequestsMissing",
    "polaris/memoryRequestsMissing",
    hint="Say in `resources.requests` what the container needs in an ordinary minute.",
)
def requests(there: Objects) -> Iterator[Hit]:
    """Yield containers that may be placed where there is no room for them, and are the first to be evicted."""
    for one in there.containers:
        yield from _missing(one, "requests", ("cpu", "memory"), "asks for no")


@check(
    "SW6302",
    "kube-score/container-resources",
    "CKV_K8S_11",
    "CKV_K8S_13",
    "kube-linter/unset-cpu-requirements",
    "kube-linter/unset-memory-requirements",
    "polaris/cpuLimitsMissing",
    "polaris/memoryLimitsMissing",
    "kubescape/C-0270",
    "kubescape/C-0271",
    hint="Say in `resources.limits` what is certainly too much: far above the request for CPU, near it for memory.",
)
def limits(there: Objects) -> Iterator[Hit]:
    """Yield containers that can take a whole node for themselves."""
    for one in there.containers:
        yield from _missing(one, "limits", ("cpu", "memory"), "has no limit of")


@check(
    "SW6303",
    "kube-score/container-ephemeral-storage-request-and-limit",
    hint="Set `ephemeral-storage` in requests and limits: logs and emptyDirs count too.",
)
def ephemeral_storage(there: Objects) -> Iterator[Hit]:
    """Yield containers whose logs or files can fill the node's disk."""
    for one in there.containers:
        yield from _missing(one, "requests", (_EPHEMERAL,), "asks for no")
        yield from _missing(one, "limits", (_EPHEMERAL,), "has no limit of")


@check(
    "SW6304",
    "polaris/cpuRequestsMissing",
    "polaris/memoryRequestsMissing",
    hint='Put it in quotes: `cpu: "1"`.',
)
def numbers(there: Objects) -> Iterator[Hit]:
    """Yield quantities that are numbers: the API server gives back text, so every comparison finds a difference."""
    for one in there.containers:
        for part in ("requests", "limits"):
            for name, amount in mapping(at(one.body, "resources", part)).items():
                if isinstance(amount, int | float) and isinstance(name, str):
                    message = f"{name} {amount} is a number; a quantity is text."
                    yield Hit(one.object, (*one.path, "resources", part, name), message)


@check(
    "SW6305",
    severity="error",
    hint="Lower the request or raise the limit; Kubernetes refuses the pod.",
)
def above_limit(there: Objects) -> Iterator[Hit]:
    """Yield requests above their limits."""
    for one in there.containers:
        most = mapping(at(one.body, "resources", "limits"))
        for name, asked in mapping(at(one.body, "resources", "requests")).items():
            request, limit = _amount(asked), _amount(most.get(name))
            if isinstance(name, str) and request is not None and limit is not None and request > limit:
                message = (
                    f"the container `{one.name}` asks for {asked} of {name}, which is above its limit {most[name]}."
                )
                yield Hit(one.object, (*one.path, "resources", "requests", name), message)


def _missing(one: Container, part: str, names: tuple[str, ...], what: str) -> Iterator[Hit]:
    given = mapping(at(one.body, "resources", part))
    for name in names:
        if given.get(name) in (None, "", 0, "0"):
            yield Hit(one.object, (*one.path, "resources", part, name), f"the container `{one.name}` {what} {name}.")


def _amount(given: object) -> Decimal | None:
    """Return a quantity as a number, or nothing where it has another form than the language's own."""
    try:
        return quantity(given) if isinstance(given, str) else None
    except ValueError:
        return None


CHECKS = (requests, limits, ephemeral_storage, numbers, above_limit)
