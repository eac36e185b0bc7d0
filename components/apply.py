"""Registering Kubernetes objects with Pulumi: the one place where a manifest becomes a resource."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.manifests.objects import OWNER, VERSION, Manifest, content_hash, logical_name
from components.manifests.pods.references import Reference, references
from components.manifests.workloads.claim import ON_REMOVAL

KUBERNETES_PROVIDER = "4.25.0"
"""The provider's version, which a resource without a generated class has to name itself."""

_SKIP_AWAIT = {"Service", "PersistentVolumeClaim", "Ingress", "Gateway", "HTTPRoute", "GRPCRoute"}
"""Kinds whose readiness is the workload's (a Service waits for pods that replicas 0 never brings), or nobody's."""


class KubernetesObject(pulumi.CustomResource):
    """A Kubernetes object given as plain properties.

    It is what the generated classes of pulumi-kubernetes are on the wire, at half their cost and without loading them.
    """

    metadata: pulumi.Output[dict[str, Any]]

    def forget(self) -> None:
        """Drop what the engine answered but its URN and id, which dependants need.

        Every property is an output with its value and its tasks; a thousand services of them take as much memory as
        all the rest of a program.
        """
        for name, value in list(vars(self).items()):
            if isinstance(value, pulumi.Output) and name not in ("id", "urn"):
                delattr(self, name)


async def settled(objects: Sequence[KubernetesObject]) -> None:
    """Return when the engine has answered for every object, whatever it answered; forget the answers."""
    await asyncio.gather(*(one.urn.future() for one in objects), return_exceptions=True)
    for one in objects:
        one.forget()


def apply_manifest(
    owner: str,
    manifest: Manifest,
    opts: pulumi.ResourceOptions,
    *,
    timeout_seconds: int | None = None,
    on_failure: pulumi.ErrorHook | None = None,
) -> KubernetesObject:
    """Register one object as a child of a component named `owner`.

    The resource's name is the owner's and the object's, without a hash of its content, so that new content replaces
    the object behind the same URN.
    """
    token = f"kubernetes:{_group_version(manifest)}:{manifest['kind']}"
    name = f"{owner}-{logical_name(manifest)}"
    child = pulumi.ResourceOptions(
        version=KUBERNETES_PROVIDER,
        additional_secret_outputs=["data"] if manifest["kind"] == "Secret" else None,
        custom_timeouts=_timeouts(timeout_seconds),
        replace_on_changes=["spec.template"] if manifest["kind"] == "Job" else None,
        delete_before_replace=True if manifest["kind"] in _FIXED_AND_IMMUTABLE else None,
        retain_on_delete=_outlives_the_spec(manifest) or None,
        ignore_changes=[_REPLICAS] if _is_scaled_by_others(manifest) else None,
        hooks=pulumi.ResourceHookBinding(on_error=[on_failure]) if on_failure and _has_pods(manifest) else None,
    )
    return KubernetesObject(token, name, _properties(manifest), pulumi.ResourceOptions.merge(opts, child))


_FIXED_AND_IMMUTABLE = {"Deployment", "StatefulSet", "CronJob", "Service", "PersistentVolumeClaim", "Job"}
"""Kinds whose name is fixed: where Kubernetes makes a field immutable, the old object has to go first, or the new
one would be deleted under the old one's name."""


def apply_manifests(
    owner: str,
    manifests: Sequence[Manifest],
    opts: pulumi.ResourceOptions,
    *,
    shared: Mapping[Reference, KubernetesObject] | None = None,
    timeout_seconds: int | None = None,
    on_failure: pulumi.ErrorHook | None = None,
) -> list[KubernetesObject]:
    """Register several objects; each workload only after the objects that its pods mount, read or run as.

    What sends requests to a version comes after the version's pods, and goes before them: the engine deletes in the
    opposite order.

    `shared` has the ConfigMaps and Secrets of the whole application. A workload waits for those alone that its pods
    use: if each waited for all, the work of an application would grow with its square.
    """
    needed = [apply_manifest(owner, one, opts) for one in manifests if one["kind"] in _NEEDED_BY_PODS]
    rest = [one for one in manifests if one["kind"] not in _NEEDED_BY_PODS]
    addresses = {
        one["metadata"]["name"]: apply_manifest(owner, one, opts) for one in rest if _is_address_of_a_version(one)
    }

    def after(manifest: Manifest) -> pulumi.ResourceOptions:
        first = list(needed)
        if manifest["kind"] in _WORKLOADS:
            used = sorted(references(manifest)) if shared else ()
            first += [shared[one] for one in used if one in shared] if shared else []
            first += [addresses[name] for name in (manifest["metadata"]["name"],) if name in addresses]
        return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=first))

    there = [
        apply_manifest(owner, manifest, after(manifest), timeout_seconds=timeout_seconds, on_failure=on_failure)
        for manifest in rest
        if not _is_address_of_a_version(manifest) and not _leads_to_versions(manifest)
    ]
    there += addresses.values()
    ready = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[*needed, *there]))
    return [
        *needed,
        *there,
        *(apply_manifest(owner, manifest, ready) for manifest in rest if _leads_to_versions(manifest)),
    ]


def _is_address_of_a_version(manifest: Manifest) -> bool:
    """Return whether an object is the Service of another version than `main`.

    It goes after the version's pods, which the engine waits for: by then no proxy has a way to it any more.
    """
    return manifest["kind"] == "Service" and VERSION in manifest["metadata"]["labels"]


def _leads_to_versions(manifest: Manifest) -> bool:
    """Return whether an object shares requests out, or is a Service that leads to another version's pods."""
    if manifest["kind"] == "Service":
        return VERSION in manifest["spec"]["selector"]
    return manifest["kind"] in _WAYS


_WAYS = {"VirtualService", "HTTPRoute", "GRPCRoute", "TCPRoute"}
_WORKLOADS = {"Deployment", "StatefulSet", "Job", "CronJob"}
_NEEDED_BY_PODS = {
    "ServiceAccount",
    "ConfigMap",
    "Secret",
    "PersistentVolumeClaim",
    "NetworkPolicy",
    "Role",
    "RoleBinding",
}


def _has_pods(manifest: Manifest) -> bool:
    return manifest["kind"] in ("Deployment", "StatefulSet")


_REPLICAS = "spec.replicas"
"""What an autoscaler takes over, and gives back.

When a spec stops naming the number, the stack would give the field up, and Kubernetes would fill in its default: one
pod, until the autoscaler's next look. As an ignored change the provider goes on saying the number that there is,
until the autoscaler has said another.
Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
"""


def _is_scaled_by_others(manifest: Manifest) -> bool:
    return _has_pods(manifest) and "replicas" not in manifest["spec"]


def _outlives_the_spec(manifest: Manifest) -> bool:
    """Return whether an object stays in the cluster when it leaves the spec: a claim whose data is to be retained."""
    annotations: Mapping[str, str] = manifest["metadata"].get("annotations", {})
    return manifest["kind"] == "PersistentVolumeClaim" and annotations.get(ON_REMOVAL) == "retain"


def _group_version(manifest: Manifest) -> str:
    version: str = manifest["apiVersion"]
    return version if "/" in version else f"core/{version}"


def _timeouts(seconds: int | None) -> pulumi.CustomTimeouts | None:
    if seconds is None:
        return None
    return pulumi.CustomTimeouts(create=f"{seconds}s", update=f"{seconds}s", delete="5m")


_FIELD_MANAGER = "pulumi.com/patchFieldManager"
"""The provider's annotation that says under which name it applies an object."""

_FIELD_MANAGER_LENGTH = 128
"""What Kubernetes allows such a name."""


def _field_manager(owner: str) -> str:
    """Return the name under which a stack applies its objects.

    The provider's own is another for each object that it creates. When a run died before it was recorded, the next
    would take an object over under another name, and Kubernetes would then refuse each change of a field that the dead
    run's name still owns.
    Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
    """
    name = f"stackwright/{owner}"
    return name if len(name) <= _FIELD_MANAGER_LENGTH else f"stackwright/{content_hash(owner)}"


def _properties(manifest: Manifest) -> dict[str, Any]:
    """Return the manifest with the owner's mark, and a Secret's data hidden from state, logs and diffs."""
    metadata: Mapping[str, Any] = manifest["metadata"]
    owner = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    marks = {OWNER: owner, _FIELD_MANAGER: _field_manager(owner)}
    if manifest["kind"] in _SKIP_AWAIT:
        marks["pulumi.com/skipAwait"] = "true"
    if _has_pods(manifest) and not _is_scaled_by_others(manifest):
        # The number was perhaps an autoscaler's, which would keep it. Another stack's object is refused all the same:
        # its namespace and its account are refused first, and a workload waits for both.
        marks["pulumi.com/patchForce"] = "true"
    properties = {**manifest, "metadata": {**metadata, "annotations": {**metadata.get("annotations", {}), **marks}}}
    if manifest["kind"] == "Secret" and "data" in manifest:
        properties["data"] = pulumi.Output.secret(manifest["data"])
    return properties
