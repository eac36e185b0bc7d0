"""The certificate of an application's hosts, when cert-manager makes it.

Source: https://cert-manager.io/docs/usage/certificate/
"""

from components.manifests.ingress.intent import Site
from components.manifests.objects import Manifest, manifest, short
from schemas.model import Application, IngressTls


def secret_name(app: Application, tls: IngressTls) -> str:
    """Return the Secret that the way in takes its certificate from: the platform's, or what cert-manager fills."""
    return tls.secret or short(f"{app.name}-tls")


def certificate(app: Application, tls: IngressTls, sites: list[Site]) -> list[Manifest]:
    """Return the Certificate of all hosts, or none when the platform gives one.

    It is an object of its own, and no annotation of the way in: so it is the same for each, whether or not
    cert-manager has been told to look at Gateways, and says itself why it is not ready.
    """
    if tls.issuer is None:
        return []
    name = secret_name(app, tls)
    spec = {
        "secretName": name,
        "dnsNames": [site.host for site in sites],
        "issuerRef": {"group": "cert-manager.io", "kind": tls.issuer_kind, "name": tls.issuer},
    }
    return [{**manifest("cert-manager.io/v1", "Certificate", name, app), "spec": spec}]
