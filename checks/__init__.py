"""Checks over Kubernetes objects: plain mappings in, findings out, whoever wrote the objects.

They restate what kube-score, checkov, kube-linter, Polaris and kubescape ask for, as far as it holds for every cluster,
and look at what no checker of one object can see: whether the objects fit each other.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from checks import (
    autoscaling,
    availability,
    config,
    disruption,
    exposure,
    identity,
    images,
    jobs,
    network,
    privileges,
    probes,
    rbac,
    resources,
    volumes,
)
from checks.check import Check, Finding
from checks.exemptions import exempts
from checks.objects import Objects

__all__ = ["CHECKS", "Check", "Finding", "findings"]

CHECKS: tuple[Check, ...] = (
    *privileges.CHECKS,
    *volumes.CHECKS,
    *resources.CHECKS,
    *images.CHECKS,
    *probes.CHECKS,
    *network.CHECKS,
    *exposure.CHECKS,
    *availability.CHECKS,
    *autoscaling.CHECKS,
    *disruption.CHECKS,
    *jobs.CHECKS,
    *identity.CHECKS,
    *rbac.CHECKS,
    *config.CHECKS,
)
"""Every check, by what it looks at."""


def findings(objects: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Return what is wrong with a set of objects, in the order of the objects and then of the codes.

    The set is taken for the whole of its namespaces: what an object refers to must be in it.
    """
    there = Objects(objects)
    found: list[tuple[int, Finding]] = []
    for check in CHECKS:
        for hit in check.find(there):
            if not exempts(hit.object, check.stands_for):
                found.append((hit.object.number, check.finding(hit)))
    return [one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].code, list(map(str, pair[1].path))))]
