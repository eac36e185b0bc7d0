"""Whether a cluster answers at all, asked before anything is registered.

Pulumi's provider takes a cluster that is gone for an empty one: a preview over it succeeds, and says nothing true.
"""

import http.client
import os
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from schemas.problems import DeployError

ANSWER_SECONDS = 10


def must_answer(kubeconfig: Path | None, context: str | None) -> None:
    """See to it that the cluster of a kubeconfig answers something, whatever it is: no credentials are sent.

    A cluster behind a proxy, or one that no kubeconfig names, is left to the provider.

    Raises:
        DeployError: it does not, and why.

    """
    server = _server(kubeconfig, context)
    if server is None:
        return
    address = urlsplit(server)
    if address.hostname is None:
        return
    connection = _connection(address.scheme, address.hostname, address.port)
    try:
        connection.request("GET", f"{address.path.rstrip('/')}/version")
        connection.getresponse()
    except TimeoutError:
        raise DeployError(_told(server, context, f"did not answer within {ANSWER_SECONDS} s")) from None
    except (OSError, http.client.HTTPException) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DeployError(_told(server, context, f"can't be reached: {reason}")) from None
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    tls = ssl.create_default_context()
    # Nothing is sent and nothing believed; the provider checks who answers.
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=ANSWER_SECONDS, context=tls)


def _told(server: str, context: str | None, what: str) -> str:
    named = f" (context `{context}`)" if context else ""
    return (
        f"the cluster at {server}{named} {what}. Nothing was changed. To preview without a cluster: "
        "pulumi config set stackwright:offline true"
    )


def _server(kubeconfig: Path | None, context: str | None) -> str | None:
    """Return the address of the cluster that a kubeconfig's context names; nothing when that can't be told."""
    files = [kubeconfig] if kubeconfig else _ambient()
    told = [found for file in files if file.is_file() and isinstance(found := yaml.safe_load(file.read_text()), dict)]
    chosen = context or next((one["current-context"] for one in told if one.get("current-context")), None)
    cluster = next((one["cluster"] for one in _named(told, "contexts", chosen, "context")), None)
    found = next(iter(_named(told, "clusters", cluster, "cluster")), {})
    proxied = found.get("proxy-url") or os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    return None if proxied else found.get("server")


def _ambient() -> list[Path]:
    listed = os.environ.get("KUBECONFIG") or "~/.kube/config"
    return [Path(name).expanduser() for name in listed.split(os.pathsep) if name]


def _named(files: list[dict[str, Any]], group: str, name: str | None, kind: str) -> Iterator[Mapping[str, Any]]:
    for file in files:
        for one in file.get(group) or ():
            if one.get("name") == name:
                yield one[kind]
