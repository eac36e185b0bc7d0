# ruff: noqa: S106 - secrets are named here, and have no value
"""What checkers are told to leave alone: what the spec has decided by a named field, and nothing else."""

from typing import Any

import pytest

from schemas.model import EnvSource, FormatPart, IngressClass, Probes, Scaling, Secret
from schemas.model.platform import IngressTls
from schemas.model.scaling import ScalingTargets
from tests.manifests.models import (
    WILDCARD,
    application,
    environment,
    http_get,
    init,
    job,
    named,
    of_kind,
    port,
    rendered,
    rollout,
    security,
    service,
    sidecar,
    way_in,
)

PROBES = Probes(readiness=http_get("/ready"), liveness=http_get("/live"))
SECRETS = {"store": Secret(keys=["password"], on_change="restart")}
PASSWORD = {"PASSWORD": EnvSource(secret="store", key="password")}
FORMATTED = {"DSN": EnvSource(format="{p}", from_={"p": FormatPart(secret="store", key="password")})}


def scaling(least: int) -> Scaling:
    return Scaling(min=least, max=5, targets=ScalingTargets(cpu_percent=50))


def told(kind: str = "Deployment", **changes: Any) -> dict[str, str]:
    """Return the annotations of an object of a service that has probes and two replicas, without the reasons."""
    one = service(**{"probes": PROBES, **changes})
    objects = rendered(application(one, secrets=SECRETS), digests={})
    found = named(objects, kind, "web")["metadata"].get("annotations", {})
    return {
        key: text.partition("=")[0] if key.startswith("checkov") else text
        for key, text in found.items()
        if not key.startswith("stackwright.dev/")
    }


POLARIS = "polaris.fairwinds.com/{}-exempt".format
REPLICAS = {"kube-score/ignore": "deployment-replicas", POLARIS("deploymentMissingReplicas"): "true"}
NO_READINESS = {
    "kube-score/ignore": "pod-probes",
    "checkov.io/skip1": "CKV_K8S_9",
    POLARIS("readinessProbeMissing"): "true",
}
ROWS = [
    ("nothing", {}, {}),
    ("an autoscaler", {"scaling": scaling(2)}, {POLARIS("deploymentMissingReplicas"): "true"}),
    ("one pod", {"replicas": 1}, REPLICAS),
    ("no pod", {"replicas": 0}, REPLICAS),
    ("recreate", {"rollout": rollout(strategy="recreate")}, {"kube-score/ignore": "deployment-strategy"}),
    (
        "no liveness",
        {"probes": Probes(readiness=http_get("/"))},
        {"checkov.io/skip1": "CKV_K8S_8", POLARIS("livenessProbeMissing"): "true"},
    ),
    ("a port that is ready when it listens", {"probes": Probes(liveness=http_get("/"))}, {}),
    ("nobody calls", {"type": "worker", "ports": {"m": port(9, expose=False)}, "probes": PROBES}, {}),
    (
        "nobody calls and nobody asks",
        {"type": "worker", "ports": {"m": port(9, expose=False)}, "probes": Probes(liveness=http_get("/"))},
        NO_READINESS,
    ),
    (
        "liveness that asks what readiness asks",
        {"probes": Probes(readiness=http_get("/"), liveness=http_get("/", period_seconds=60))},
        {"kube-score/ignore": "pod-probes-identical"},
    ),
    ("a secret in a variable", {"env": PASSWORD}, {"checkov.io/skip1": "CKV_K8S_35"}),
    ("a secret in a part", {"env": FORMATTED}, {"checkov.io/skip1": "CKV_K8S_35"}),
    ("a secret beside", {"sidecars": {"a": sidecar(env=PASSWORD)}}, {"checkov.io/skip1": "CKV_K8S_35"}),
    ("a secret before", {"init_containers": {"a": init(env=PASSWORD)}}, {"checkov.io/skip1": "CKV_K8S_35"}),
    (
        "a root to write to",
        {"security": security(read_only_root_filesystem=False)},
        {
            "kube-score/ignore": "container-security-context-readonlyrootfilesystem",
            "checkov.io/skip1": "CKV_K8S_22",
            POLARIS("notReadOnlyRootFilesystem"): "true",
        },
    ),
    (
        "a low user",
        {"security": security(run_as_user=999)},
        {"kube-score/ignore": "container-security-context-user-group-id", "checkov.io/skip1": "CKV_K8S_40"},
    ),
    (
        "a low group",
        {"security": security(run_as_group=999)},
        {"kube-score/ignore": "container-security-context-user-group-id", "checkov.io/skip1": "CKV_K8S_40"},
    ),
    (
        "a token",
        {"security": security(service_account_token=True)},
        {"checkov.io/skip1": "CKV_K8S_38", POLARIS("automountServiceAccountToken"): "true"},
    ),
    (
        "several at once",
        {"replicas": 1, "env": PASSWORD, "security": security(read_only_root_filesystem=False)},
        {
            "kube-score/ignore": "container-security-context-readonlyrootfilesystem,deployment-replicas",
            "checkov.io/skip1": "CKV_K8S_22",
            "checkov.io/skip2": "CKV_K8S_35",
            POLARIS("deploymentMissingReplicas"): "true",
            POLARIS("notReadOnlyRootFilesystem"): "true",
        },
    ),
]


@pytest.mark.parametrize(("changes", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_checkers_are_told_what_the_spec_has_decided(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert told(**changes) == expected


def test_replicas_with_a_name_may_be_one_and_need_peers_before_they_are_ready() -> None:
    assert told("StatefulSet", type="stateful", replicas=1, rollout=rollout(strategy="recreate")) == {}
    alone = told("StatefulSet", type="stateful", replicas=3, probes=Probes(liveness=http_get("/live")))
    assert alone == NO_READINESS


@pytest.mark.parametrize(("least", "expected"), [(1, "horizontalpodautoscaler-replicas"), (2, None)])
def test_autoscaler_may_go_down_to_one_pod_when_the_spec_says(least: int, expected: str | None) -> None:
    assert told("HorizontalPodAutoscaler", scaling=scaling(least)).get("kube-score/ignore") == expected


@pytest.mark.parametrize(("tls", "expected"), [(None, {POLARIS("tlsSettingsMissing")}), (WILDCARD, set())])
def test_ingress_is_without_tls_where_the_platform_has_none(tls: IngressTls | None, expected: set[str]) -> None:
    place = environment(ingress=IngressClass(kind="ingress", class_="nginx", tls=tls))
    (found,) = of_kind(rendered(application(ingress=way_in()), place), "Ingress")
    assert {key for key in found["metadata"].get("annotations", {}) if key.startswith("polaris")} == expected


def test_job_is_exempt_for_what_it_takes_from_its_service_and_its_own_variables() -> None:
    open_root = service(security=security(read_only_root_filesystem=False))
    objects = rendered(application(open_root, jobs=(job(env=PASSWORD),), secrets=SECRETS))
    (found,) = of_kind(objects, "CronJob")
    assert found["metadata"]["annotations"] == {
        "kube-score/ignore": "container-security-context-readonlyrootfilesystem",
        "checkov.io/skip1": "CKV_K8S_22=The spec says security.readOnlyRootFilesystem: false.",
        "checkov.io/skip2": "CKV_K8S_35=The program reads a secret from a variable, as the spec says; the value stands in "
        "the Secret alone.",
        "polaris.fairwinds.com/notReadOnlyRootFilesystem-exempt": "true",
    }


def test_every_exemption_has_its_reason_once() -> None:
    one = service(replicas=1, rollout=rollout(strategy="recreate"), security=security(run_as_user=1))
    found = named(rendered(application(one)), "Deployment", "web")["metadata"]["annotations"]
    reasons = {key: text for key, text in found.items() if key.startswith("stackwright.dev/")}
    assert reasons == {
        "stackwright.dev/exempt-replicas": "The spec asks for fewer than two pods.",
        "stackwright.dev/exempt-strategy": "The spec says rollout.strategy: recreate, because two versions must not run "
        "at once.",
    }
    assert [text for key, text in found.items() if key.startswith("checkov") and not text.partition("=")[2]] == []
