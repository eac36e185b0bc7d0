"""Kubeconfigs for the cluster's own components and its administrator."""

from pathlib import Path

import yaml

from sandbox.cluster.certificates import Certificates
from sandbox.ports import API_SERVER
from sandbox.settings import write_settings


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
    return write_settings(path, yaml.safe_dump(document, sort_keys=False))
