"""ConfigMaps and Secrets."""

import re
from collections.abc import Mapping

from components.manifests.objects import Leaf, Manifest, content_hash, manifest
from schemas.model import Application, Service

PULL_SECRET = "registry"  # noqa: S105 - a name
"""The Secret with the registry's login."""

_KEY_LENGTH = 200
"""How much of a file's name stands in its key, of which Kubernetes allows 253 characters."""


def config_maps(app: Application) -> list[Manifest]:
    """Return a ConfigMap for each declared config."""
    return [
        {
            **manifest("v1", "ConfigMap", config_map_name(app, name), app),
            "immutable": True,
            "data": dict(sorted(data.items())),
        }
        for name, data in ((name, config.data) for name, config in sorted(app.configs.items()))
    ]


def config_map_name(app: Application, config: str) -> str:
    """Return the name of a config's ConfigMap.

    It carries a hash of the content, and the object is immutable: changed content is another object, so pods that use
    it are rolled, and pods of the old version keep the old content.
    """
    return f"{config}-{content_hash(app.configs[config].data)}"


def files_config_map(app: Application, service: Service) -> Manifest | None:
    """Return the immutable ConfigMap with the texts of a service's files, or nothing when it has none."""
    data = file_texts(service)
    if not data:
        return None
    head = manifest("v1", "ConfigMap", files_config_map_name(service), app, service)
    return {**head, "immutable": True, "data": data}


def files_config_map_name(service: Service) -> str:
    """Return the name of the ConfigMap with a service's files."""
    return f"{service.name}-files-{content_hash(file_texts(service))}"


def file_texts(service: Service) -> dict[str, str]:
    """Return the texts of a service's files by the key each has in its ConfigMap."""
    return {file_key(path): file.content for path, file in sorted(service.files.items()) if file.content is not None}


def file_key(path: str) -> str:
    """Return a file's key: its name, and a hash of its path, because two folders may hold files of one name."""
    name = re.sub("[^-._a-zA-Z0-9]", "-", path.rpartition("/")[2])
    return f"{content_hash(path)}-{name[:_KEY_LENGTH]}"


def secrets(app: Application, data: Mapping[str, Mapping[str, Leaf]]) -> list[Manifest]:
    """Return a Secret for each declared secret; the values are leaves in base64.

    They stand under `data`, not `stringData`, which the API server never gives back and so would differ for ever.
    """
    return [
        {**manifest("v1", "Secret", name, app), "type": "Opaque", "data": dict(data[name])}
        for name in sorted(app.secrets)
    ]


def pull_secret(app: Application, credentials: Leaf) -> Manifest:
    """Return the Secret with which images are pulled; the value is a leaf in base64."""
    head = manifest("v1", "Secret", PULL_SECRET, app)
    return {**head, "type": "kubernetes.io/dockerconfigjson", "data": {".dockerconfigjson": credentials}}
