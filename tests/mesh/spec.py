"""What a spec becomes in an environment with a mesh: the objects that the mesh tests apply."""

from pathlib import Path
from typing import Any

from components.manifests.offline import offline_objects
from tests.conftest import Files

Objects = list[dict[str, Any]]


def rendered(folder: Path, application: str, services: dict[str, Any], **spec: Any) -> Objects:
    """Return the objects of an application of these services, in an environment with sidecars."""
    folder.mkdir(exist_ok=True)
    files = Files(folder)
    files.metadata["name"] = application
    files.services = services
    files.spec = spec
    files.platform["environments"]["dev"]["mesh"] = {"kind": "istio-sidecar"}
    return offline_objects(files.resolve())


def one(objects: Objects, kind: str, name: str) -> dict[str, Any]:
    """Return the one object of a kind and name."""
    (found,) = [each for each in objects if each["kind"] == kind and each["metadata"]["name"] == name]
    return found
