"""Rules over the model: what needs more than one field to be seen.

Each module holds the rules of one subject. A rule takes the spec and yields problems; it never stops at the first.
"""

from schemas.problems import Problem
from schemas.rules import (
    access,
    authentication,
    availability,
    images,
    ingress,
    jobs,
    kubernetes_api,
    labels,
    mounts,
    names,
    observability,
    plans,
    ports,
    probes,
    references,
    requests,
    rollouts,
    routes,
    scaling,
    schedules,
    sizes,
    storage,
    timing,
    traffic,
    variables,
    versions,
    way_in,
)
from schemas.spec import Spec


def check(spec: Spec) -> list[Problem]:
    """Return every problem that the rules find in one environment."""
    return [problem for subject in _SUBJECTS for problem in subject.check(spec)]


_SUBJECTS = (
    names,
    labels,
    ports,
    probes,
    references,
    variables,
    mounts,
    access,
    requests,
    authentication,
    kubernetes_api,
    traffic,
    scaling,
    schedules,
    plans,
    availability,
    observability,
    storage,
    timing,
    sizes,
    jobs,
    ingress,
    routes,
    way_in,
    images,
    versions,
    rollouts,
)
