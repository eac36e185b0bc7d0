"""What every object has: a kind, a name, a namespace and labels."""

import hashlib
import json
import re
from typing import Any

from schemas.model import Application, Service

Manifest = dict[str, Any]
"""A Kubernetes object as its YAML reads: camelCase keys, plain values and leaves."""

Leaf = Any
"""A value known only at deployment, such as an image's digest: placed, never looked at."""

OWNER = "stackwright.dev/stack"
"""The annotation that says which Pulumi stack an object belongs to: organization, project and stack. Two stacks that
want one object differ here, so server-side apply refuses the second instead of handing the object over in silence."""

RUNS_AS = "stackwright.dev/runs-as"
"""The label on a job's pods that says which service they run as: other applications let that service in, and do not
know the names of its jobs."""

SERVICE = "stackwright.dev/service"
"""The label on a service's pods that says whose they are, whatever their version."""

VERSION = "version"
"""The label on pods, and on all objects of another version than `main`, that says which version they are."""

_LABEL_LENGTH = 63
"""What Kubernetes allows a label's value, and so a name that also stands in a label."""


_CONTENT_HASH = re.compile(r"-[0-9a-f]{10}$")
_NAMED_BY_CONTENT = {"ConfigMap", "Job"}


def manifest(api_version: str, kind: str, name: str, app: Application, service: Service | None = None) -> Manifest:
    """Return the head of an object in the application's namespace; the caller adds the rest."""
    metadata = {"name": name, "namespace": app.namespace, "labels": labels(app, name, service)}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def labels(app: Application, instance: str, service: Service | None = None) -> dict[str, str]:
    """Return an object's labels.

    `app.kubernetes.io/instance` is the object's own name, as checkers want it; selectors never use it.
    """
    name = service.name if service else instance
    return {
        **app.labels,
        **(service.labels if service else {}),
        "app": name,
        "app.kubernetes.io/instance": instance,
        "app.kubernetes.io/managed-by": "stackwright",
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/part-of": app.name,
        "owner": app.owner,
        "stackwright.dev/environment": app.environment,
        **(_version_labels(service) if service is not None and service.version_of is not None else {}),
    }


def pod_labels(app: Application, service: Service) -> dict[str, str]:
    """Return the labels of a service's pods: those of an object, and by which version and of what service they are.

    They are there before a service has a second version, so that adding one rolls no pod of the first. `version` is
    the label by which Istio and its dashboards tell versions apart.
    """
    # The dashboards of a mesh show together the versions of one `app`.
    of = {"app": service.identity, "service.istio.io/canonical-name": service.identity} if service.version_of else {}
    return {**labels(app, service.name, service), **_version_labels(service), **of}


def _version_labels(service: Service) -> dict[str, str]:
    return {SERVICE: service.identity, VERSION: service.version}


def selector(app: Application, name: str) -> dict[str, str]:
    """Return what selects a service's pods. It can never change: Kubernetes makes selectors immutable."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": app.name}


def version_selector(app: Application, service: Service, version: str) -> dict[str, str]:
    """Return what selects the pods of one of a service's versions."""
    return {**service_pods(app.name, service.name), VERSION: version}


def service_pods(application: str, service: str) -> dict[str, str]:
    """Return what selects the pods of a service in all its versions, those to come too.

    Whoever lets them in must know them before they are there, and for as long as they are.
    """
    return {SERVICE: service, "app.kubernetes.io/part-of": application}


def logical_name(manifest: Manifest) -> str:
    """Return an object's name without the hash of its content: what stays when the content changes."""
    name: str = manifest["metadata"]["name"]
    return _CONTENT_HASH.sub("", name) if manifest["kind"] in _NAMED_BY_CONTENT else name


def short(name: str) -> str:
    """Return a name that fits a label's 63 characters; of a longer one the start, and a hash of the whole."""
    return name if len(name) <= _LABEL_LENGTH else f"{name[: _LABEL_LENGTH - 11]}-{content_hash(name)}"


def content_hash(content: Any) -> str:
    """Return ten hexadecimal digits that stand for plain content."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:10]
