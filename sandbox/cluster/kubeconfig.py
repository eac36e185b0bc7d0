"""Kubeconfigs for the cluster's own components and its administrator."""

from pathlib import Path

import yaml

from sandbox.cluster.certificates import Certificates
from sandbox.ports import API_SERVER


def write_kubeconfig(files: Certificates, client: str, path: Path) -> Path:
    """Write a kubeconfig for one client certificate and return its path."""
    cluster = {"server": f"https://{API_SERVER.address}", "certificate-authority": str(files.crt("ca"))}
    user = {"client-certificate": str(files.crt(client)), "client-key": str(files.key(client))}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "sandbox", "cluster": cluster}],
        "users": [{"name": client, "user": user}],
        "contexts": [{"name": "sandbox", "context": {"cluster": "sandbox", "user": client}}],
        "current-context": "sandbox",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    path.chmod(0o600)
    return path
