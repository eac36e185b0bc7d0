"""Claims: storage that outlives pods."""

from typing import Any

from components.manifests.objects import Manifest, manifest, selector
from components.manifests.pods.mounts import claim_name
from schemas.model import Application, Environment, Service, Volume

ON_REMOVAL = "stackwright.dev/on-removal"
"""The annotation that says what becomes of a claim that leaves the spec."""


def claims(app: Application, environment: Environment, service: Service) -> list[Manifest]:
    """Return the PersistentVolumeClaims of a service, which its other versions share.

    A stateful service makes its own from its template.
    """
    if service.type == "stateful" or service.version_of is not None:
        return []
    found = []
    for name, volume in sorted(service.volumes.items()):
        if volume.claim is not None:
            head = manifest("v1", "PersistentVolumeClaim", claim_name(service, name), app, service)
            head["metadata"]["annotations"] = {ON_REMOVAL: volume.claim.on_removal}
            found.append({**head, "spec": _spec(environment, volume)})
    return found


def claim_templates(app: Application, environment: Environment, service: Service) -> dict[str, Any]:
    """Return the claims of a stateful service, one of each for every replica."""
    templates = [
        {
            "metadata": {"name": name, "labels": selector(app, service.name)},
            "spec": _spec(environment, volume),
        }
        for name, volume in sorted(service.volumes.items())
        if volume.claim is not None
    ]
    return {"volumeClaimTemplates": templates} if templates else {}


def retention(service: Service) -> dict[str, Any]:
    """Return what becomes of a stateful service's claims: kept, unless every one of them may be deleted.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
    """
    claims_of = [volume.claim for volume in service.volumes.values() if volume.claim is not None]
    if not claims_of:
        return {}
    policy = "Delete" if all(claim.on_removal == "delete" for claim in claims_of) else "Retain"
    return {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": policy, "whenScaled": policy}}


def _spec(environment: Environment, volume: Volume) -> dict[str, Any]:
    claim = volume.claim
    if claim is None:
        raise TypeError("the volume has no claim")
    storage_class = claim.storage_class or environment.storage_class
    return {
        "accessModes": [claim.access_mode],
        **({"storageClassName": storage_class} if storage_class else {}),
        "resources": {"requests": {"storage": claim.storage}},
    }
