"""Volumes: what a pod may see of its node, and whether what it mounts is there."""

from collections.abc import Iterator

from checks.check import Hit, check
from checks.objects import Object, Objects, Pod, at, mapping, sequence, text

_SOURCES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
"""What Pod Security `restricted` lets a volume be."""


@check(
    "SW6221",
    "CKV_K8S_27",
    "kube-linter/docker-sock",
    "kube-linter/sensitive-host-mounts",
    "polaris/hostPathSet",
    "kubescape/C-0045",
    "kubescape/C-0048",
    severity="error",
    hint="Use a claim, an emptyDir, a ConfigMap or a Secret.",
)
def host_volumes(there: Objects) -> Iterator[Hit]:
    """Yield volumes that reach into the node or past the cluster's storage."""
    for pod in there.pods:
        for index, volume in enumerate(sequence(pod.spec.get("volumes"))):
            for source in sorted(set(map(text, mapping(volume))) - _SOURCES - {"name", ""}):
                name = text(mapping(volume).get("name"))
                what = "shows the pod a folder of its node" if source == "hostPath" else f"is a `{source}`"
                message = f"the volume `{name}` {what}, which Pod Security `restricted` refuses."
                yield Hit(pod.owner, pod.at("volumes", index, source), message)


@check(
    "SW6222",
    severity="error",
    hint="Declare the volume in the pod, or take the mount away.",
)
def missing_volumes(there: Objects) -> Iterator[Hit]:
    """Yield mounts of volumes that the pod does not have; Kubernetes refuses the pod, and not its Deployment."""
    for pod in there.pods:
        names = set(_volume_names(pod))
        for one in pod.containers():
            for field in ("volumeMounts", "volumeDevices"):
                for index, mount in enumerate(sequence(one.body.get(field))):
                    name = text(mapping(mount).get("name"))
                    if name not in names:
                        message = f"the container `{one.name}` mounts `{name}`, and the pod has no such volume."
                        yield Hit(one.object, (*one.path, field, index, "name"), message)


@check(
    "SW6223",
    "kube-linter/non-existent-persistent-volume-claim",
    hint="Add the claim to the same set of objects, or use an emptyDir.",
)
def missing_claims(there: Objects) -> Iterator[Hit]:
    """Yield claims that no object of the set is."""
    for pod in there.pods:
        for index, volume in enumerate(sequence(pod.spec.get("volumes"))):
            name = text(at(volume, "persistentVolumeClaim", "claimName"))
            if name and not _claim(there, pod, name):
                path = pod.at("volumes", index, "persistentVolumeClaim", "claimName")
                yield Hit(pod.owner, path, f"there is no PersistentVolumeClaim `{name}` in this namespace's objects.")


def _claim(there: Objects, pod: Pod, name: str) -> Object | None:
    return there.named("PersistentVolumeClaim", pod.owner.namespace, name)


def _volume_names(pod: Pod) -> Iterator[str]:
    for volume in sequence(pod.spec.get("volumes")):
        yield text(mapping(volume).get("name"))
    for claim in sequence(pod.owner.spec.get("volumeClaimTemplates")):
        yield text(at(claim, "metadata", "name"))


CHECKS = (host_volumes, missing_volumes, missing_claims)
