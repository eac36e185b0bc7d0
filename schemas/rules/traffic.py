"""Traffic: what is asked of calls must be safe, have an effect, and fit together."""

from collections.abc import Iterator

from schemas.model import Service
from schemas.problems import Path, Problem, listed
from schemas.spec import Spec

_UNBEGUN = ("connectFailure", "refusedStream", "unavailable", "cancelled")
"""What Istio tries again by itself: failures after which no pod is thought to have begun an answer."""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield retries that may do a thing twice."""
    for name, service in spec.application.services.items():
        yield from _twice(spec, service, ("services", name, "traffic", "retries"))


def _twice(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    retries = service.traffic.retries
    if retries is None or retries.idempotent or not retries.attempts:
        return
    begun = [one for one in retries.retry_on if one not in _UNBEGUN]
    if begun:
        message = f"after {listed(begun)} a pod may have begun to answer, so a retry may do a thing twice."
        hint = "Say `idempotent: true` if every call may be made twice, else leave it out."
        yield spec.problem((*path, "retryOn"), "SW5301", message, hint)
