"""Roles: what an account may do to the cluster."""

from collections.abc import Iterator

from checks.check import Hit, check
from checks.objects import Objects, at, mapping, sequence

_GROUP = "rbac.authorization.k8s.io"


@check(
    "SW6621",
    "CKV_K8S_49",
    "kube-linter/wildcard-in-rules",
    "kubescape/C-0187",
    severity="error",
    hint="Name what the program needs.",
)
def wildcards(there: Objects) -> Iterator[Hit]:
    """Yield roles that allow everything, and whatever is added to Kubernetes later."""
    for kind in ("Role", "ClusterRole"):
        for role in there.of(kind, _GROUP):
            for index, rule in enumerate(sequence(role.body.get("rules"))):
                for field in ("apiGroups", "resources", "verbs"):
                    if "*" in sequence(mapping(rule).get(field)):
                        yield Hit(role, ("rules", index, field), f"`*` in {field} allows more than anybody listed.")


@check(
    "SW6622",
    "kube-linter/cluster-admin-role-binding",
    "polaris/clusterrolebindingClusterAdmin",
    "polaris/rolebindingClusterAdminClusterRole",
    "kubescape/C-0035",
    severity="error",
    hint="Bind a Role with what the program needs.",
)
def admins(there: Objects) -> Iterator[Hit]:
    """Yield bindings that make an account the cluster's owner."""
    for kind in ("RoleBinding", "ClusterRoleBinding"):
        for binding in there.of(kind, _GROUP):
            if at(binding.body, "roleRef", "name") == "cluster-admin":
                yield Hit(binding, ("roleRef", "name"), "it makes its subjects administrators.")


CHECKS = (wildcards, admins)
