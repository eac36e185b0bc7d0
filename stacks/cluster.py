"""The cluster a stack deploys to, as a Pulumi provider."""

from pathlib import Path

import pulumi
import pulumi_kubernetes

from components.failure import run_error
from schemas.problems import DeployError
from schemas.spec import Spec
from stacks.reach import must_answer

_CLIENT_QPS = 400
"""The provider's own limit of 50 requests a second makes large previews wait for nothing."""
_CLIENT_TIMEOUT_SECONDS = 30


def cluster_provider(spec: Spec) -> pulumi.ProviderResource:
    """Return the one provider for the cluster of a spec's environment.

    Stack config `stackwright:kubeconfig` and `stackwright:context` come first, then what the platform says, then the
    ambient kubeconfig. The identifier keeps Pulumi from replacing everything when only the kubeconfig's text changes.

    Raises:
        RunError: the cluster does not answer, and stack config `stackwright:offline` does not say that it need not.

    """
    kubeconfig = kubeconfig_path()
    if not pulumi.Config("stackwright").get_bool("offline"):
        try:
            must_answer(kubeconfig, selected_context(spec))
        except DeployError as error:
            raise run_error(error) from None
    cluster = spec.environment.cluster
    named = "-".join(filter(None, (spec.environment.name, spec.application.location)))
    return pulumi_kubernetes.Provider(
        "cluster",
        kubeconfig=str(kubeconfig) if kubeconfig else None,
        context=selected_context(spec),
        cluster_identifier=(cluster.identifier if cluster else None) or named,
        enable_server_side_apply=True,
        enable_config_map_mutable=True,
        enable_secret_mutable=True,
        kube_client_settings={"qps": _CLIENT_QPS, "burst": 2 * _CLIENT_QPS, "timeout": _CLIENT_TIMEOUT_SECONDS},
    )


def kubeconfig_path() -> Path | None:
    """Return the kubeconfig that stack config names."""
    named = pulumi.Config("stackwright").get("kubeconfig")
    return Path(named).expanduser() if named else None


def selected_context(spec: Spec) -> str | None:
    """Return the kubeconfig's context: the one that stack config names, else the platform's."""
    cluster = spec.environment.cluster
    return pulumi.Config("stackwright").get("context") or (cluster.context if cluster else None)
