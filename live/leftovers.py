"""Objects that carry a stack's mark: what a run that died made, and no state knows of."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import httpx2
from lightkube import ApiError, Client
from lightkube.core.resource import NamespacedResource
from lightkube.generic_resource import create_namespaced_resource
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.apps_v1 import Deployment, StatefulSet
from lightkube.resources.autoscaling_v2 import HorizontalPodAutoscaler
from lightkube.resources.batch_v1 import CronJob, Job
from lightkube.resources.core_v1 import ConfigMap, PersistentVolumeClaim, Secret, Service, ServiceAccount
from lightkube.resources.networking_v1 import Ingress, NetworkPolicy
from lightkube.resources.policy_v1 import PodDisruptionBudget
from lightkube.resources.rbac_authorization_v1 import Role, RoleBinding
from lightkube.types import CascadeType

_GATEWAYS = "gateway.networking.k8s.io"
KINDS: tuple[type[NamespacedResource], ...] = (
    # What makes pods comes first, so that nothing that is removed is needed any longer.
    HorizontalPodAutoscaler,
    Deployment,
    StatefulSet,
    CronJob,
    Job,
    Ingress,
    create_namespaced_resource(_GATEWAYS, "v1", "HTTPRoute", "httproutes"),
    create_namespaced_resource(_GATEWAYS, "v1", "Gateway", "gateways"),
    Service,
    PodDisruptionBudget,
    NetworkPolicy,
    ConfigMap,
    Secret,
    RoleBinding,
    Role,
    ServiceAccount,
    PersistentVolumeClaim,
)
"""Every kind that an application's objects have, but its namespace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """An object that carries a stack's mark."""

    kind: str
    name: str
    retained: bool
    """Whether its data is to stay when it leaves the spec."""


def marked(client: Client, namespace: str, annotation: str, ending: str, retain: tuple[str, str]) -> list[Marked]:
    """Return the objects of a namespace whose annotation ends with a stack's name.

    Raises:
        ApiError: the cluster refuses to list a kind.

    """
    return list(_marked(client, namespace, annotation, ending, retain))


def _marked(client: Client, namespace: str, annotation: str, ending: str, retain: tuple[str, str]) -> Iterator[Marked]:
    for kind in KINDS:
        try:
            found = list(client.list(kind, namespace=namespace))
        except httpx2.HTTPStatusError as error:
            if error.response.status_code == HTTPStatus.NOT_FOUND:  # The cluster has no such kind.
                continue
            raise
        for one in found:
            # Every kind has it; their base class does not say so.
            metadata: ObjectMeta = one.metadata  # type: ignore[attr-defined]
            notes = metadata.annotations or {}
            if not metadata.deletionTimestamp and notes.get(annotation, "").endswith(ending):
                retained = notes.get(retain[0]) == retain[1]
                yield Marked(kind=_kind(kind), name=metadata.name or "", retained=retained)


def remove(client: Client, namespace: str, one: Marked) -> None:
    """Remove an object and what it owns; one that is gone already is as good."""
    kind = next(known for known in KINDS if _kind(known) == one.kind)
    try:
        client.delete(kind, one.name, namespace=namespace, cascade=CascadeType.BACKGROUND)
    except ApiError as error:
        if error.status.code != HTTPStatus.NOT_FOUND:
            raise


def _kind(kind: type[NamespacedResource]) -> str:
    return kind._api_info.resource.kind
