"""The namespace of an application."""

from components.manifests.objects import Manifest, labels
from schemas.model import Application


def namespace(app: Application) -> Manifest:
    """Return the Namespace, in which Pod Security `restricted` is enforced.

    Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
    """
    security = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("audit", "enforce", "warn")}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": app.namespace, "labels": {**labels(app, app.namespace), **security}},
    }
