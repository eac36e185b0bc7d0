"""What both forms of Istio share: identity between services is proven, and nothing is sent in plain text."""

from components.manifests.objects import Manifest, manifest
from schemas.model import Application


def strict_mtls(app: Application) -> Manifest:
    """Return the PeerAuthentication that refuses plain text in the application's namespace.

    Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/
    """
    head = manifest("security.istio.io/v1", "PeerAuthentication", "default", app)
    return {**head, "spec": {"mtls": {"mode": "STRICT"}}}
