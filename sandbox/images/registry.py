"""The registry on 127.0.0.1, and pushing to it."""

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.layout import Layout
from sandbox.ports import REGISTRY, listens, must_be_free
from sandbox.process import running, start, wait_until
from sandbox.settings import write_settings

COMPONENT = "registry"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


@dataclass(frozen=True, slots=True)
class Layer:
    """A gzipped tar on disk, with the digests an image needs."""

    file: Path
    digest: str
    """Of the file as it stands."""
    diff_id: str
    """Of the tar inside."""


def start_registry(layout: Layout, tools: dict[str, Path]) -> None:
    """Start the registry and wait until it answers."""
    if COMPONENT not in running(layout):
        must_be_free(REGISTRY)
    config = {
        "version": 0.1,
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(layout.data / "registry")}, "delete": {"enabled": True}},
        "http": {"addr": REGISTRY.address},
    }
    path = write_settings(layout.config / "registry.yaml", yaml.safe_dump(config))
    start(layout, COMPONENT, (tools["docker-registry"], "serve", path))
    wait_until(lambda: listens(REGISTRY), layout, COMPONENT, 30)


def address_of(repository: str, tag: str) -> str:
    """Return the address by which a pod names an image."""
    return f"{REGISTRY.address}/{repository}:{tag}"


def has_image(repository: str, tag: str) -> bool:
    """Return whether the registry has an image."""
    return _request("HEAD", f"/v2/{repository}/manifests/{tag}", headers={"Accept": _MANIFEST})[0] == 200


def push(repository: str, tag: str, layers: Sequence[Layer], config: Mapping[str, Any]) -> None:
    """Push an image of these layers; `config` is the image's `config` object: Entrypoint, Env, User."""
    document = {
        "architecture": "amd64",
        "os": "linux",
        "config": dict(config),
        "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
    }
    body = json.dumps(document, sort_keys=True).encode()
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    _upload(repository, digest, body)
    for layer in layers:
        _upload(repository, layer.digest, layer.file)
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": {"mediaType": _CONFIG, "digest": digest, "size": len(body)},
        "layers": [
            {"mediaType": _LAYER, "digest": layer.digest, "size": layer.file.stat().st_size} for layer in layers
        ],
    }
    _expect(
        201,
        _request(
            "PUT", f"/v2/{repository}/manifests/{tag}", json.dumps(manifest).encode(), {"Content-Type": _MANIFEST}
        ),
    )


def _upload(repository: str, digest: str, content: bytes | Path) -> None:
    if _request("HEAD", f"/v2/{repository}/blobs/{digest}")[0] == 200:
        return
    status, headers = _request("POST", f"/v2/{repository}/blobs/uploads/")
    _expect(202, (status, headers))
    location = headers["Location"].partition(REGISTRY.address)[2] or headers["Location"]
    joint = "&" if "?" in location else "?"
    sent = {"Content-Type": "application/octet-stream"}
    if isinstance(content, bytes):
        _expect(201, _request("PUT", f"{location}{joint}digest={digest}", content, sent))
        return
    with content.open("rb") as stream:
        sent["Content-Length"] = str(content.stat().st_size)
        _expect(201, _request("PUT", f"{location}{joint}digest={digest}", stream, sent))


def _request(
    method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> tuple[int, Mapping[str, str]]:
    request = urllib.request.Request(
        f"http://{REGISTRY.address}{path}", data=body, method=method, headers=dict(headers or {})
    )
    # Never through a proxy that the environment may name: the registry is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=120) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers)


def _expect(wanted: int, answer: tuple[int, Mapping[str, str]]) -> None:
    if answer[0] != wanted:
        raise ConnectionError(f"the registry answered {answer[0]} instead of {wanted}")
