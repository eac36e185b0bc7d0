"""The namespace of an application."""

from components.manifests.mesh.backend import backend
from components.manifests.objects import Manifest, labels
from schemas.model import Application, Environment, Mesh


def namespace(app: Application, environment: Environment) -> Manifest:
    """Return the Namespace, in which Pod Security `restricted` is enforced, and whose pods are in the mesh.

    Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
    """
    security = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("audit", "enforce", "warn")}
    if _redirects_in_pods(environment.mesh):
        security["pod-security.kubernetes.io/enforce"] = "privileged"
    joining = backend(environment).namespace_labels(environment.mesh)
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": app.namespace, "labels": {**labels(app, app.namespace), **security, **joining}},
    }


def _redirects_in_pods(mesh: Mesh | None) -> bool:
    """Return whether a container of each pod sets up the mesh's redirection, which takes the right to change networks.

    Source: https://istio.io/latest/docs/setup/additional-setup/cni/
    """
    return mesh is not None and mesh.kind == "istio-sidecar" and not mesh.cni
