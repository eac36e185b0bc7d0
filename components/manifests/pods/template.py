"""The pod around a service's or a job's containers."""

from collections.abc import Mapping
from typing import Any

from components.manifests.configuration import PULL_SECRET
from components.manifests.objects import Leaf, selector
from components.manifests.pods.mounts import Mounts
from schemas.model import Application, Environment, EnvSource, Service

_FIRST_FREE_PORT = 1024
"""The first port that Linux gives to every user."""


def pod_spec(
    environment: Environment, service: Service, containers: list[dict[str, Any]], mounted: Mounts
) -> dict[str, Any]:
    """Return the part of a pod's spec that services and jobs share."""
    security = service.security
    pull = {"imagePullSecrets": [{"name": PULL_SECRET}]} if environment.registry.credentials else {}
    placement = service.placement
    tolerations = [_toleration(one) for one in placement.tolerations]
    return {
        "serviceAccountName": service.identity,
        "automountServiceAccountToken": service.has_token,
        "enableServiceLinks": False,
        **pull,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": security.run_as_user,
            "runAsGroup": security.run_as_group,
            "fsGroup": security.run_as_group,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
            **_low_ports(service),
        },
        **({"nodeSelector": dict(sorted(placement.node_selector.items()))} if placement.node_selector else {}),
        **({"tolerations": tolerations} if tolerations else {}),
        "containers": containers,
        **({"volumes": mounted.volumes} if mounted.volumes else {}),
    }


def spread(app: Application, service: Service) -> dict[str, Any]:
    """Return how the pods of a service keep apart: over zones and hosts.

    The preferred anti-affinity says nothing that the constraints do not; several checkers look for it.
    """
    match = {"matchLabels": selector(app, service.name)}
    strictness = {"prefer": "ScheduleAnyway", "require": "DoNotSchedule"}
    # Pods of one version are spread among themselves; a StatefulSet's pods carry no such label.
    own_version = {"matchLabelKeys": ["pod-template-hash"]} if service.type != "stateful" else {}
    constraints = [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": strictness[wish],
            "labelSelector": match,
            "nodeTaintsPolicy": "Honor",
            **own_version,
        }
        for key, wish in (
            ("topology.kubernetes.io/zone", service.placement.spread.zones),
            ("kubernetes.io/hostname", service.placement.spread.hosts),
        )
    ]
    apart = {"labelSelector": match, "topologyKey": "kubernetes.io/hostname"}
    preferred = [{"weight": 100, "podAffinityTerm": apart}]
    return {
        "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}},
        "topologySpreadConstraints": constraints,
    }


def _low_ports(service: Service) -> dict[str, Any]:
    """Return what lets a user other than root listen below 1024; a service that does not gets nothing.

    Docker and containerd allow it by themselves, CRI-O does not. Pod Security `restricted` counts the setting as safe.
    Source: https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/#safe-and-unsafe-sysctls
    """
    if all(port.container_port >= _FIRST_FREE_PORT for port in service.ports.values()):
        return {}
    return {"sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]}


def secret_marks(service: Service, env: list[Mapping[str, EnvSource]], digests: Mapping[str, Leaf]) -> dict[str, Leaf]:
    """Return pod annotations that change with the secrets a pod uses, so that a new value rolls the pods."""
    used = {file.secret for file in service.files.values()}
    for variables in env:
        for source in variables.values():
            used |= {source.secret, *(part.secret for part in (source.from_ or {}).values())}
    return {f"stackwright.dev/secret.{name}": digests[name] for name in sorted(filter(None, used)) if name in digests}


def _toleration(toleration: Any) -> dict[str, Any]:
    found = {
        "key": toleration.key,
        "operator": toleration.operator,
        "value": toleration.value,
        "effect": toleration.effect,
        "tolerationSeconds": toleration.toleration_seconds,
    }
    return {key: value for key, value in found.items() if value is not None}
