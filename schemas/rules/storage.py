"""Volumes that only one pod can hold."""

from collections.abc import Iterator

from schemas.problems import Problem
from schemas.spec import Spec

_SINGLE = ("ReadWriteOnce", "ReadWriteOncePod")


def check(spec: Spec) -> Iterator[Problem]:
    """Yield claims that several pods would have to share and cannot."""
    for name, service in spec.application.services.items():
        path = ("services", name)
        claims = {key: volume.claim for key, volume in service.volumes.items() if volume.claim is not None}
        if service.type == "stateful":
            if not claims:
                message = "a stateful service without a claim keeps nothing."
                yield spec.problem(
                    path,
                    "SW4502",
                    message,
                    "Add a volume with a claim, or say `type: service`.",
                    warning=True,
                    at_key=True,
                )
            continue
        for key, claim in claims.items():
            at = (*path, "volumes", key, "claim")
            if claim.access_mode not in _SINGLE:
                continue
            if service.scaling is not None or (service.fixed_replicas or 0) > 1:
                message = f"a {claim.access_mode} claim serves one pod, and this service runs more."
                yield spec.problem(at, "SW4501", message, "Say `replicas: 1`, `type: stateful`, or another accessMode.")
            elif service.rollout.strategy == "rolling":
                message = f"during a rolling update two pods would want the {claim.access_mode} claim."
                yield spec.problem(at, "SW4503", message, "Say `rollout: {strategy: recreate}`, or `type: stateful`.")
