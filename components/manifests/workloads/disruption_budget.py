"""How many pods of a service may be away when nodes are drained."""

from components.manifests.objects import Manifest, manifest, selector
from schemas.model import Application, Service


def disruption_budget(app: Application, service: Service) -> Manifest | None:
    """Return the PodDisruptionBudget, or nothing for a service of one pod, which no budget can protect.

    Pods that are not healthy may always be evicted: they serve nobody, and would block the drain for ever.
    Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
    """
    if service.fewest_replicas < 2:
        return None
    least, most = service.disruption.min_available, service.disruption.max_unavailable
    allowed = {"minAvailable": least} if least is not None else {"maxUnavailable": 1 if most is None else most}
    return {
        **manifest("policy/v1", "PodDisruptionBudget", service.name, app, service),
        "spec": {
            **allowed,
            "selector": {"matchLabels": selector(app, service.name)},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    }
