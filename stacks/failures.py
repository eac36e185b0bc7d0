"""What a run says when a workload does not become ready."""

import asyncio

import pulumi

from schemas.problems import DeployError
from schemas.spec import Spec
from stacks.cluster import kubeconfig_path, selected_context


def failure_report(spec: Spec) -> pulumi.ErrorHook:
    """Return the hook that explains failed rollouts, with the pods, their events and logs, and the spec's lines.

    The first failure ends the run, and this program with it; so it explains every service that is stuck by then.
    """
    kubeconfig, context = kubeconfig_path(), selected_context(spec)
    explained: set[str] = set()
    workloads = {one.name: f"-{one.identity}-{one.name}" for _, one in spec.running()}

    def asked(failed: str) -> list[str]:
        # Only a failed run needs a client of the cluster.
        from live.access import Access, cluster  # noqa: PLC0415
        from live.report import reports  # noqa: PLC0415

        with cluster(Access(kubeconfig=kubeconfig, context=context)) as client:
            found = [one for one in reports(client, spec, workloads) if one.service not in explained]
            told = [one for one in found if one.stuck or (not one.done and failed.endswith(workloads[one.service]))]
            explained.update(one.service for one in told)
            return [one.text for one in told]

    async def explain(args: pulumi.ErrorHookArgs) -> bool:
        try:
            texts = await asyncio.to_thread(asked, args.name)
        except DeployError as error:
            texts = [f"{args.name}: its state can't be reported: {error}"]
        for text in texts:
            pulumi.log.error(text)
        return False

    return pulumi.ErrorHook(f"{spec.application.name}:failed-rollout", explain)
