"""What Kubernetes itself says of a kind: its schema in one version, and how its lists are merged.

The schemas are those that kubernetes-validate ships, made from the OpenAPI description of each Kubernetes release.
They are read only when a spec has patches or extra objects: the definitions of one version are 1.5 MB.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

Schema = Mapping[str, Any]

_DEFINITIONS = "#/$defs/"

CLUSTER_SCOPED = frozenset({
    "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding",
    "ClusterTrustBundle", "ComponentStatus", "CustomResourceDefinition", "DeviceClass", "FlowSchema", "IPAddress",
    "IngressClass", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration",
    "Node", "PersistentVolume", "PriorityClass", "PriorityLevelConfiguration", "ResourceSlice", "RuntimeClass",
    "SelfSubjectAccessReview", "SelfSubjectReview", "SelfSubjectRulesReview", "ServiceCIDR", "StorageClass",
    "StorageVersion", "StorageVersionMigration", "SubjectAccessReview", "TokenReview", "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttachment", "VolumeAttributesClass",
})  # fmt: skip
"""Kinds that stand in no namespace, so that they belong to a cluster and not to one application.

Source: `kubectl api-resources --namespaced=false`, Kubernetes 1.37.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an object, as Kubernetes' schema describes it; of a custom kind nothing is known."""

    version: str
    schema: Schema

    def field(self, name: str) -> "Place":
        """Return the place of a mapping's field."""
        properties = self.schema.get("properties", {})
        extra = self.schema.get("additionalProperties")
        return self._at(properties.get(name) or (extra if isinstance(extra, Mapping) else {}))

    def item(self) -> "Place":
        """Return the place of a list's items."""
        return self._at(self.schema.get("items", {}))

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a mapping may have here, or none when it may have any."""
        return tuple(self.schema.get("properties", ()))

    @property
    def strategies(self) -> tuple[str, ...]:
        """How a strategic merge treats the value: `merge`, `replace`, `retainKeys`."""
        return tuple(filter(None, self.schema.get("x-kubernetes-patch-strategy", "").split(",")))

    @property
    def merge_key(self) -> str | None:
        """The key by which a strategic merge finds the items of a list."""
        return self.schema.get("x-kubernetes-patch-merge-key")

    @property
    def identity(self) -> tuple[str, ...]:
        """The keys that tell a list's items apart; a container's port has its number and its protocol."""
        keys = (self.merge_key, *self.schema.get("x-kubernetes-list-map-keys", ()))
        return tuple(dict.fromkeys(key for key in keys if key is not None))

    def _at(self, schema: Schema) -> "Place":
        """Return a place with its reference followed; what stands beside the reference counts too."""
        if reference := schema.get("$ref"):
            target = definitions(self.version).get(reference.rpartition(_DEFINITIONS)[2], {})
            schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
        return Place(self.version, schema)


def kind_of(api_version: str, kind: str, version: str) -> Place | None:
    """Return the root of a kind in one version of Kubernetes, or nothing when Kubernetes does not have it."""
    schema = kind_schema(api_version, kind, version)
    return Place(version, schema) if schema is not None else None


@cache
def kind_schema(api_version: str, kind: str, version: str) -> Schema | None:
    """Return the strict JSON Schema of a kind, or nothing when Kubernetes does not have it in this version."""
    group, slash, revision = api_version.rpartition("/")
    if slash and "." in group and not group.endswith(".k8s.io"):
        # Groups are shortened in the files' names, so that `apps.acme.dev/v1` would be taken for `apps/v1`.
        return None
    short = f"{group.partition('.')[0]}-{revision}" if slash else revision
    if not re.fullmatch(r"[A-Za-z0-9]+", kind) or not re.fullmatch(r"[a-z0-9-]+", short):
        return None
    found = _read(version, f"{kind.lower()}-{short}.json")
    names = [one for one in (found or {}).get("x-kubernetes-group-version-kind", ()) if one["kind"] == kind]
    return found if any(one["group"] == group and one["version"] == revision for one in names) else None


@cache
def definitions(version: str) -> Mapping[str, Schema]:
    """Return the types of one version of Kubernetes by their names."""
    found = _read(version, "_definitions.json")
    if found is None:
        raise LookupError(f"there are no schemas of Kubernetes {version}")
    types: Mapping[str, Schema] = found["$defs"]
    return types


@cache
def versions_of(kind: str, version: str) -> tuple[str, ...]:
    """Return every `apiVersion` under which Kubernetes has a kind in one version."""
    folder = _folder(version)
    names = [one.name for one in folder.iterdir() if one.name.startswith(f"{kind.lower()}-")]
    found = []
    for name in sorted(names):
        for one in (_read(version, name) or {}).get("x-kubernetes-group-version-kind", ()):
            if one["kind"] == kind:
                found.append(f"{one['group']}/{one['version']}" if one["group"] else one["version"])
    return tuple(dict.fromkeys(found))


def _read(version: str, name: str) -> Schema | None:
    file = _folder(version).joinpath(name)
    if not file.is_file():
        return None
    loaded: Schema = json.loads(file.read_text("utf-8"))
    return loaded


def _folder(version: str) -> Any:
    return resources.files("kubernetes_validate").joinpath(f"kubernetes-json-schema/v{version}.0-local-strict")
