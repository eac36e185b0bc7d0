"""Whether Kubernetes takes an object: its own strict schemas, in every version that the language knows."""

import json
from collections.abc import Iterable
from functools import cache

import kubernetes_validate
from kubernetes_validate import utils

from components.manifests.objects import Manifest

VERSIONS = ("1.34", "1.35", "1.36", "1.37")
CUSTOM = (
    "gateway.networking.k8s.io",
    "istio.io",
    "monitoring.coreos.com",
    "cert-manager.io",
    "gateway.envoyproxy.io",
    "keda.sh",
    "autoscaling.k8s.io",
)
"""Groups of kinds that are not Kubernetes' own, by their end; the sandbox's tests hold them to their definitions."""

utils.schema_contents = cache(utils.schema_contents)
"""It reads megabytes of schemas again for each object, which takes ten times as long as looking at the object."""


class Taken:
    """Objects that Kubernetes takes; most are the same from spec to spec, and looked at once."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    def look(self, found: Iterable[Manifest]) -> None:
        """Hold objects against Kubernetes' schemas in every version, strictly, with a validator that is not ours."""
        for one in found:
            text = json.dumps(one, sort_keys=True)
            if text in self.known or one["apiVersion"].partition("/")[0].endswith(CUSTOM):
                continue
            for version in VERSIONS:
                kubernetes_validate.validate(one, version, strict=True)
            self.known.add(text)
