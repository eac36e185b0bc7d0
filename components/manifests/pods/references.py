"""What pods need by name before they can start."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.manifests.objects import Manifest

Reference = tuple[str, str]
"""Kind and name of an object in the pod's namespace."""

_KINDS = {
    "configMap": "ConfigMap",
    "configMapKeyRef": "ConfigMap",
    "configMapRef": "ConfigMap",
    "secret": "Secret",
    "secretKeyRef": "Secret",
    "secretRef": "Secret",
}
"""By the field of a container or volume that refers to one."""


def references(workload: Manifest) -> set[Reference]:
    """Return the ConfigMaps and Secrets that the pods of a workload read, mount or pull their images with."""
    return set(_found(workload["spec"]))


def _found(value: Any) -> Iterator[Reference]:
    if isinstance(value, list):
        for one in value:
            yield from _found(one)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if key == "imagePullSecrets":
                yield from (("Secret", login["name"]) for login in one)
            elif key in _KINDS and isinstance(one, Mapping):
                # A volume of a Secret calls it `secretName`, and everything else `name`.
                yield _KINDS[key], one.get("secretName") or one["name"]
            else:
                yield from _found(one)
