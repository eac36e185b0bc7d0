"""Whether Kubernetes takes an object: its own strict schemas, in every version that the language knows."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import kubernetes_validate

from components.manifests.escape.kinds import kind_schema
from components.manifests.escape.validity import wrongs
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

Judge = Callable[[Manifest, str], Any]


def strictly(one: Manifest, version: str) -> None:
    """Hold an object against Kubernetes' schemas, with a validator that is not ours."""
    kubernetes_validate.validate(one, version, strict=True)


def quickly(one: Manifest, version: str) -> None:
    """Hold an object against the same schemas, with ours, which reads them once and not for every object."""
    assert kind_schema(one["apiVersion"], one["kind"], version) is not None
    assert wrongs(one, version) == []


class Taken:
    """Objects that Kubernetes takes; most are the same from spec to spec, and looked at once."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.known: set[str] = set()

    def look(self, found: Iterable[Manifest]) -> None:
        """Fail for the first object that a version of Kubernetes would refuse."""
        for one in found:
            text = json.dumps(one, sort_keys=True)
            if text in self.known or one["apiVersion"].partition("/")[0].endswith(CUSTOM):
                continue
            for version in VERSIONS:
                self.judge(one, version)
            self.known.add(text)
