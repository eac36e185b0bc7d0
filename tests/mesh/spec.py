"""What a spec becomes in an environment with a mesh: the objects that the mesh tests apply."""

from pathlib import Path
from typing import Any

from components.manifests.offline import offline_objects
from tests.conftest import Files

Objects = list[dict[str, Any]]

OWN_GATEWAY = {"kind": "gateway", "class": "istio"}
"""A Gateway whose proxy istiod runs beside the application."""
SHARED_GATEWAY = {"kind": "istio", "selector": {"istio": "ingressgateway"}, "from": {"namespace": "istio-ingress"}}
"""The gateway that the sandbox runs for everybody."""


def rendered(folder: Path, application: str, spec: dict[str, Any], **platform: Any) -> Objects:
    """Return the objects of an application in an environment with sidecars; `platform` is what else that has."""
    folder.mkdir(exist_ok=True)
    files = Files(folder)
    files.metadata["name"] = application
    files.services = spec["services"]
    files.spec = {key: said for key, said in spec.items() if key != "services"}
    files.platform["environments"]["dev"] |= {"mesh": {"kind": "istio-sidecar"}, "ingress": OWN_GATEWAY, **platform}
    return offline_objects(files.resolve())


def one(objects: Objects, kind: str, name: str) -> dict[str, Any]:
    """Return the one object of a kind and name."""
    (found,) = [each for each in objects if each["kind"] == kind and each["metadata"]["name"] == name]
    return found
