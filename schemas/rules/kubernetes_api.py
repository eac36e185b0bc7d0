"""What a service asks of the Kubernetes API: what a Role can give, and a token to ask with.

Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from collections.abc import Iterator

from schemas.problems import Problem
from schemas.spec import Spec

UNNAMED, OF_THE_CLUSTER, NO_TOKEN = "SW5541", "SW5542", "SW5543"
"""Codes of verbs that no name restricts, of resources of the whole cluster, and of a token that is refused."""

_UNNAMED = ("create", "deletecollection")
_OF_THE_CLUSTER = {
    "certificatesigningrequests", "clusterrolebindings", "clusterroles", "customresourcedefinitions", "ingressclasses",
    "mutatingwebhookconfigurations", "namespaces", "nodes", "persistentvolumes", "priorityclasses", "runtimeclasses",
    "storageclasses", "subjectaccessreviews", "tokenreviews", "validatingwebhookconfigurations", "volumeattachments",
}  # fmt: skip
"""Resources that stand in no namespace, and that programs ask for."""


def check(spec: Spec) -> Iterator[Problem]:
    """Yield permissions that a Role cannot give."""
    for name, service in spec.application.services.items():
        if service.kubernetes_api is None:
            continue
        token = ("services", name, "security", "serviceAccountToken")
        if not service.security.service_account_token and spec.said(token):
            message = "the service asks for the Kubernetes API, which it calls with this token."
            yield spec.problem(token, NO_TOKEN, message, "Leave it out, or remove `kubernetesApi`.")
        for resource, permission in service.kubernetes_api.permissions.items():
            at = ("services", name, "kubernetesApi", "permissions", resource)
            plural = resource.partition("/")[0].partition(".")[0]
            if plural in _OF_THE_CLUSTER:
                message = f"`{plural}` stand in no namespace, and an application is given what is in its own."
                hint = "Remove it; the platform team can bind a ClusterRole to the service's account."
                yield spec.problem(at, OF_THE_CLUSTER, message, hint, at_key=True)
            for index, verb in enumerate(permission.verbs):
                if permission.names is not None and verb in _UNNAMED:
                    message = f"`{verb}` does not know names, so Kubernetes would refuse it always."
                    hint = "Leave `names` out, or the verb."
                    yield spec.problem((*at, "verbs", index), UNNAMED, message, hint)
