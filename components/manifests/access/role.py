"""Roles: what a service's account may ask of the Kubernetes API.

Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from typing import Any

from components.manifests.objects import Manifest, manifest
from schemas.model import ApiPermission, Application, Service

_GROUP = "rbac.authorization.k8s.io"


def roles(app: Application, service: Service, account: str) -> list[Manifest]:
    """Return the Role of an account that acts for a service, and what binds it; none asks for nothing."""
    asked = service.kubernetes_api
    if asked is None:
        return []
    rules = [_rule(resource, one) for resource, one in sorted(asked.permissions.items())]
    subject = {"kind": "ServiceAccount", "name": account, "namespace": app.namespace}
    role = {"apiGroup": _GROUP, "kind": "Role", "name": account}
    return [
        {**manifest(f"{_GROUP}/v1", "Role", account, app, service), "rules": rules},
        {**manifest(f"{_GROUP}/v1", "RoleBinding", account, app, service), "subjects": [subject], "roleRef": role},
    ]


def _rule(resource: str, permission: ApiPermission) -> dict[str, Any]:
    """Return a permission as a Role says it: `deployments.apps/scale` is `deployments/scale` of the group `apps`."""
    named, _, sub = resource.partition("/")
    plural, _, group = named.partition(".")
    return {
        "apiGroups": [group],
        "resources": [f"{plural}/{sub}" if sub else plural],
        "verbs": permission.verbs,
        **({"resourceNames": permission.names} if permission.names else {}),
    }
