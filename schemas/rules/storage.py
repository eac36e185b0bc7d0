"""Claims: how many pods can hold one, and what becomes of its data."""

from collections.abc import Iterator, Mapping

from schemas.model.service import Claim
from schemas.problems import Path, Problem, listed
from schemas.spec import Spec

_SINGLE = ("ReadWriteOnce", "ReadWriteOncePod")


def check(spec: Spec) -> Iterator[Problem]:
    """Yield claims that several pods would have to share and cannot, and those that are kept against what they say."""
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
            yield from _kept_beside_others(spec, path, claims)
            continue
        for key, claim in claims.items():
            at = (*path, "volumes", key, "claim")
            if claim.access_mode not in _SINGLE:
                continue
            if service.scaling is not None or (service.fixed_replicas or 0) > 1:
                message = f"a {claim.access_mode} claim serves one pod, and this service runs more."
                yield spec.problem(at, "SW4501", message, "Say `replicas: 1`, `type: stateful`, or another accessMode.")
            elif service.rollout.strategy != "recreate":
                message = f"during a rolling update two pods would want the {claim.access_mode} claim."
                yield spec.problem(at, "SW4503", message, "Say `rollout: {strategy: recreate}`, or `type: stateful`.")


def _kept_beside_others(spec: Spec, path: Path, claims: Mapping[str, Claim]) -> Iterator[Problem]:
    """Yield claims that say `delete` beside some that are kept: a StatefulSet has one answer for all.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
    """
    kept = sorted(key for key, claim in claims.items() if claim.on_removal == "retain")
    for key, claim in claims.items():
        if kept and claim.on_removal == "delete":
            at = (*path, "volumes", key, "claim", "onRemoval")
            message = f"this claim is kept all the same, because {listed(kept, 'and')} of the same service"
            hint = "Say the same in every claim of a stateful service."
            yield spec.problem(at, "SW4504", f"{message} {'is' if len(kept) == 1 else 'are'}.", hint, warning=True)
