"""What a run says when a workload does not become ready."""

import asyncio

import pulumi

from schemas.problems import DeployError
from schemas.spec import Spec
from stacks.cluster import kubeconfig_path, selected_context


def failure_report(spec: Spec) -> pulumi.ErrorHook:
    """Return the hook that explains a failed rollout, with the pod, its events and log, and the spec's lines."""
    kubeconfig, context = kubeconfig_path(), selected_context(spec)

    async def explain(args: pulumi.ErrorHookArgs) -> bool:
        name = args.name.removeprefix(f"{spec.application.name}-")
        service = next((one for key, one in spec.application.services.items() if name == f"{key}-{key}"), None)
        if service is None or args.failed_operation == "delete":
            return False

        def asked() -> str:
            # Only a failed run needs a client of the cluster.
            from live.access import Access, cluster  # noqa: PLC0415
            from live.report import reports  # noqa: PLC0415

            with cluster(Access(kubeconfig=kubeconfig, context=context)) as client:
                return next(reports(client, spec, [service.name])).text

        try:
            report = await asyncio.to_thread(asked)
        except DeployError as error:
            report = f"{service.name}: its state can't be reported: {error}"
        pulumi.log.error(report)
        return False

    return pulumi.ErrorHook(f"{spec.application.name}:failed-rollout", explain)
