"""Checkers are told what a patch has decided, with its reason; what nobody patched is told by nobody."""

from typing import Any

from components.manifests.exemptions import exempted_too
from components.manifests.objects import Manifest
from schemas.model import Patch, Probes
from schemas.model.application import PatchTarget
from tests.manifests.models import application, http_get, named, rendered, service

PROBES = Probes(readiness=http_get("/ready"), liveness=http_get("/live"))


def patch(kind: str, merge: dict[str, Any], reason: str = "The agents need it.") -> Patch:
    return Patch(target=PatchTarget(kind=kind, name="web"), reason=reason, strategic_merge=merge)


def noted(kind: str, *patches: Patch, **changes: Any) -> dict[str, str]:
    """Return the annotations of the patched object."""
    app = application(
        service(**{"probes": PROBES, **changes}), patches={f"p{number}": one for number, one in enumerate(patches)}
    )
    objects: list[Manifest] = rendered(app)
    return dict(named(objects, kind, "web")["metadata"].get("annotations", {}))


OPEN_ROOT = {
    "spec": {
        "template": {"spec": {"containers": [{"name": "web", "securityContext": {"readOnlyRootFilesystem": False}}]}}
    }
}


def test_a_checker_without_reasons_gets_one_of_ours() -> None:
    assert noted("Service", patch("Service", {"spec": {"type": "NodePort"}})) == {
        "kube-score/ignore": "service-type",
        "stackwright.dev/exempt-patched-SW6411": "The agents need it.",
    }


def test_every_checker_that_can_be_told_is_told_beside_what_it_was_told_before() -> None:
    assert noted("Deployment", patch("Deployment", OPEN_ROOT), replicas=1, probes=Probes(readiness=http_get("/"))) == {
        "kube-score/ignore": "deployment-replicas,container-security-context-readonlyrootfilesystem",
        "checkov.io/skip1": "CKV_K8S_8=Only the application knows when a restart helps; a guessed check restarts what "
        "should wait.",
        "checkov.io/skip2": "CKV_K8S_22=The agents need it.",
        "polaris.fairwinds.com/deploymentMissingReplicas-exempt": "true",
        "polaris.fairwinds.com/livenessProbeMissing-exempt": "true",
        "polaris.fairwinds.com/notReadOnlyRootFilesystem-exempt": "true",
        "stackwright.dev/exempt-replicas": "The spec asks for fewer than two pods.",
        "stackwright.dev/exempt-patched-SW6206": "The agents need it.",
    }


def test_patches_that_nobody_would_mind_leave_no_mark() -> None:
    assert noted("Service", patch("Service", {"spec": {"sessionAffinity": "ClientIP"}})) == {}


def test_reasons_of_several_patches_stand_together() -> None:
    node_port = patch("Service", {"spec": {"type": "NodePort"}}, "One.")
    sticky = patch("Service", {"spec": {"sessionAffinity": "ClientIP"}}, "Two.")
    assert noted("Service", node_port, sticky)["stackwright.dev/exempt-patched-SW6411"] == "One. Two."


def test_a_budget_may_be_patched_though_it_selects_pods() -> None:
    objects = rendered(
        application(
            service(probes=PROBES), patches={"p": patch("PodDisruptionBudget", {"spec": {"maxUnavailable": 2}})}
        )
    )
    assert named(objects, "PodDisruptionBudget", "web")["spec"]["maxUnavailable"] == 2


def test_without_exemptions_an_object_stays_as_it_is() -> None:
    one = {"metadata": {"name": "web"}}
    assert exempted_too(one, []) is one
